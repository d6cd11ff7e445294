package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;

/** A client that says exactly what the test says; each read fails after ten seconds. */
public final class ScriptedClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Socket socket;
  private DataInputStream in;
  private OutputStream out;

  private ScriptedClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Connects, and says nothing yet. */
  public static ScriptedClient connect(String host, int port) throws IOException {
    return connect(host, port, 0);
  }

  /** The same with a receive buffer of this size in bytes, or the system's own for 0. */
  public static ScriptedClient connect(String host, int port, int receiveBuffer)
      throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    return connect(socket, host, port);
  }

  /** The same from an address of this machine; the test is skipped where there is no such one. */
  public static ScriptedClient connectFrom(String address, String host, int port)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(address, 0));
    } catch (BindException e) {
      throw ClientTool.skipped("this system has no address " + address);
    }
    return connect(socket, host, port);
  }

  private static ScriptedClient connect(Socket socket, String host, int port) throws IOException {
    socket.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return new ScriptedClient(socket);
  }

  /** The port that it comes from. */
  public int localPort() {
    return socket.getLocalPort();
  }

  /** Sends the packets in one write. */
  public ScriptedClient send(byte[]... packets) throws IOException {
    int length = 0;
    for (byte[] packet : packets) {
      length += packet.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] packet : packets) {
      all.put(packet);
    }
    out.write(all.array());
    out.flush();
    return this;
  }

  /** Asks for TLS and takes it. */
  public ScriptedClient startTls(String... protocols) throws IOException {
    return startTls(TlsWish.with(protocols));
  }

  /** Asks for TLS and takes it so. */
  public ScriptedClient startTls(TlsWish wish) throws IOException {
    send(Packets.sslRequest());
    assertThat((char) in.read()).as("answer to SSLRequest").isEqualTo('S');
    return handshake(wish);
  }

  /** Begins with TLS at once, as {@code sslnegotiation=direct} does. */
  public ScriptedClient handshake(String... protocols) throws IOException {
    return handshake(TlsWish.with(protocols));
  }

  /** Begins with TLS at once, so. */
  public ScriptedClient handshake(TlsWish wish) throws IOException {
    SSLSocket tls = wish.on(socket);
    tls.startHandshake();
    socket = tls;
    in = new DataInputStream(tls.getInputStream());
    out = tls.getOutputStream();
    return this;
  }

  /** The protocol that ALPN settled on; empty without. */
  public String applicationProtocol() {
    return socket instanceof SSLSocket tls ? tls.getApplicationProtocol() : "";
  }

  /** The certificate that the other side showed; empty in clear. */
  public Optional<X509Certificate> peerCertificate() throws IOException {
    return socket instanceof SSLSocket tls
        ? Optional.of((X509Certificate) tls.getSession().getPeerCertificates()[0])
        : Optional.empty();
  }

  /** When the TLS session began that this connection uses, in milliseconds; 0 in clear. */
  public long sessionCreated() {
    return socket instanceof SSLSocket tls ? tls.getSession().getCreationTime() : 0;
  }

  /** Asks for another handshake within the one that is there, as TLS 1.2 has it, and awaits it. */
  public void renegotiate() throws IOException {
    SSLSocket tls = (SSLSocket) socket;
    tls.startHandshake();
    in.readFully(new byte[0]);
  }

  /** The cipher suite in use; empty in clear. */
  public String cipher() {
    return socket instanceof SSLSocket tls ? tls.getSession().getCipherSuite() : "";
  }

  /** One byte outside of any message. */
  public char readByte() throws IOException {
    return (char) in.readUnsignedByte();
  }

  /** The next message, whatever it is. */
  public Message read() throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Message(type, body);
  }

  /** The next message, which must be of this type. */
  public Message expect(char type) throws IOException {
    Message message = read();
    assertThat(message.type()).as("type of %s", message).isEqualTo(type);
    return message;
  }

  /** All messages up to and including the first of this type. */
  public List<Message> readUntil(char type) throws IOException {
    List<Message> messages = new ArrayList<>();
    do {
      messages.add(read());
    } while (messages.get(messages.size() - 1).type() != type);
    return messages;
  }

  /** Whether unread bytes have arrived. */
  public boolean holdsBytes() throws IOException {
    return in.available() > 0;
  }

  /** The other side must close now, without another byte and without a reset. */
  public void expectEnd() throws IOException {
    assertThat(in.read()).as("end of the connection").isEqualTo(-1);
  }

  /**
   * Sends the packets a byte at a time, until the other side closes; it must say nothing before.
   */
  public void trickleUntilEnd(Duration pause, byte[]... packets) throws IOException {
    socket.setSoTimeout((int) pause.toMillis());
    for (byte[] packet : packets) {
      for (byte one : packet) {
        send(new byte[] {one});
        try {
          expectEnd();
          return;
        } catch (SocketTimeoutException e) {
          // It still has patience.
        }
      }
    }
    throw new AssertionError("the other side has taken all of it");
  }

  /** The other side must close now, with what it had yet to say, or with a reset. */
  public void drain() throws IOException {
    try {
      byte[] rest = new byte[8192];
      while (in.read(rest) >= 0) {}
    } catch (EOFException | SocketException e) {
      // Gone is gone.
    }
  }

  /** All bytes up to the end, which a reset may be. */
  public byte[] readToEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      in.transferTo(bytes);
    } catch (EOFException | SocketException e) {
      // Gone is gone.
    }
    return bytes.toByteArray();
  }

  /** Logs in, whatever the other side asks for, up to the first ReadyForQuery. */
  public RawLogin login(String user, String password, String database) throws IOException {
    return login(Packets.PROTOCOL_3_0, user, password, database);
  }

  /** The same in another version of the protocol. */
  public RawLogin login(int protocol, String user, String password, String database)
      throws IOException {
    send(Packets.startup(protocol, "user", user, "database", database));
    return RawLogin.of(this, user, password);
  }

  /** Sends a startup packet and proves the password, and reads no answer. */
  public ScriptedClient prove(String user, String password, String database) throws IOException {
    return proveAs(user, password, "database", database);
  }

  /** The same with other parameters. */
  public ScriptedClient proveAs(String user, String password, String... parameters)
      throws IOException {
    Stream<String> all = Stream.concat(Stream.of("user", user), Arrays.stream(parameters));
    return send(Packets.startup(all.toArray(String[]::new))).proves(user, password);
  }

  /** Proves the password after a startup packet, and reads no answer. */
  public ScriptedClient proves(String user, String password) throws IOException {
    RawLogin.prove(this, user, password);
    return this;
  }

  /** Says that nothing more will be sent; reading goes on. */
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Breaks the connection: the other side gets a RST. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
