package io.pgplane.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.Cidr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** A TCP connection to the admin port that sends what it likes. */
final class HttpAttacker implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private Socket socket = new Socket();

  /**
   * Connects.
   *
   * @param from an address of 127.0.0.0/8
   */
  HttpAttacker(String from, int port) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    try {
      socket.bind(new InetSocketAddress(Cidr.address(from), 0));
    } catch (BindException e) {
      throw ClientTool.skipped("only Linux has all of 127.0.0.0/8: " + e.getMessage());
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
  }

  /** The status line of one request of its own connection. */
  static String status(String from, int port, String request) throws IOException {
    try (HttpAttacker connection = new HttpAttacker(from, port)) {
      return connection.send(request).statusLine();
    }
  }

  /** Has TLS from now on. */
  HttpAttacker secured() throws IOException {
    socket = TlsWish.with().on(socket);
    return this;
  }

  HttpAttacker send(String text) throws IOException {
    return send(text.getBytes(US_ASCII));
  }

  HttpAttacker send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The first line that comes; empty if the connection is closed before. */
  String statusLine() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
      line.write(next);
    }
    return line.toString(US_ASCII);
  }

  /** Returns once pgplane has closed the connection, with what came before. */
  String untilClosed() throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (SocketException e) {
      return ""; // it had been closed when the last bytes came
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
