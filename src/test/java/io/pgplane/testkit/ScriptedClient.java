package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

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
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return new ScriptedClient(socket);
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
    send(Packets.sslRequest());
    assertThat((char) in.read()).as("answer to SSLRequest").isEqualTo('S');
    return handshake(protocols);
  }

  /** Begins with TLS at once, as {@code sslnegotiation=direct} does. */
  public ScriptedClient handshake(String... protocols) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            trustingAll()
                .getSocketFactory()
                .createSocket(socket, "localhost", socket.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    tls.setSSLParameters(parameters);
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

  /** Logs in, whatever the other side asks for, up to the first ReadyForQuery. */
  public RawLogin login(String user, String password, String database) throws IOException {
    send(Packets.startup("user", user, "database", database));
    return RawLogin.of(this, user, password);
  }

  /** Sends a startup packet and proves the password, and reads nothing of what comes of it. */
  public ScriptedClient prove(String user, String password, String database) throws IOException {
    send(Packets.startup("user", user, "database", database));
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

  private static SSLContext trustingAll() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /** The tests of certificates use real clients; this one wants to talk. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
