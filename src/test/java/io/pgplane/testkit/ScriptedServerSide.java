package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramServer;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.protocol.wire.SaslInitialResponse;
import io.pgplane.testkit.Certificates.Issued;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** One client of a scripted server, as that server sees it. */
public final class ScriptedServerSide {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Socket socket;
  private DataInputStream in;
  private OutputStream out;

  ScriptedServerSide(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** A packet without a type: an SSLRequest, or a startup packet. */
  public byte[] firstPacket() throws IOException {
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return body;
  }

  /** The content of the next record of TLS. */
  public byte[] tlsRecord() throws IOException {
    in.skipNBytes(3);
    byte[] content = new byte[in.readUnsignedShort()];
    in.readFully(content);
    return content;
  }

  /** A line of text, without its end. */
  public String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  /** The next message, whatever it is. */
  public Message read() throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Message(type, body);
  }

  /** Sends the packets, in as few segments as the system likes. */
  public ScriptedServerSide send(byte[]... packets) throws IOException {
    for (byte[] packet : packets) {
      out.write(packet);
    }
    out.flush();
    return this;
  }

  /** Sends the packets a byte at a time, while the client has patience. */
  public void trickle(Duration pause, byte[]... packets) throws IOException {
    for (byte[] packet : packets) {
      for (byte one : packet) {
        send(new byte[] {one});
        awaitEnd(pause);
      }
    }
  }

  /** Takes the startup packet, and proves the client by SCRAM, up to the SASLFinal. */
  public ScriptedServerSide sasl(ScramVerifier verifier) throws IOException {
    return sasl(verifier, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /** The same with a server-first-message and a server-final-message that are not as they were. */
  public ScriptedServerSide sasl(
      ScramVerifier verifier, UnaryOperator<String> first, UnaryOperator<String> last)
      throws IOException {
    firstPacket();
    send(ServerPackets.sasl(Scram.SHA_256));
    ScramServer scram = new ScramServer(verifier, Optional.empty(), RANDOM);
    SaslInitialResponse chosen = SaslInitialResponse.parse(read().body(), mechanism -> {});
    scram.choose(chosen.mechanism());
    byte[] challenge = scram.serverFirst(chosen.data().orElseThrow());
    send(ServerPackets.saslContinue(first.apply(new String(challenge, ISO_8859_1))));
    ScramServer.Proven proven =
        scram
            .verify(read().body())
            .orElseThrow(() -> new AssertionError("the client's proof is wrong"));
    return send(ServerPackets.saslFinal(last.apply(new String(proven.serverFinal(), ISO_8859_1))));
  }

  /** Puts TLS on the connection. */
  public ScriptedServerSide startTls(Issued certificate) throws IOException {
    JdkSslContext context =
        (JdkSslContext)
            SslContextBuilder.forServer(certificate.chain().toFile(), certificate.key().toFile())
                .sslProvider(SslProvider.JDK)
                .build();
    SSLSocket tls =
        (SSLSocket) context.context().getSocketFactory().createSocket(socket, null, true);
    tls.startHandshake();
    socket = tls;
    in = new DataInputStream(tls.getInputStream());
    out = tls.getOutputStream();
    return this;
  }

  /** Closes the connection with a FIN. */
  public void close() throws IOException {
    socket.close();
  }

  /** Breaks the connection with a RST. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Reads until the client closes. */
  void drain() throws IOException {
    while (!socket.isClosed() && in.read() >= 0) {}
  }

  private void awaitEnd(Duration pause) throws IOException {
    socket.setSoTimeout((int) pause.toMillis());
    try {
      while (in.read() >= 0) {}
    } catch (SocketTimeoutException e) {
      return;
    } finally {
      socket.setSoTimeout(0);
    }
    throw new EOFException("the client is gone");
  }
}
