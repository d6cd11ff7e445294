package io.pgplane.testkit;

import io.pgplane.topology.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A server that says exactly what the test says, to each client alike. When it has said it, it
 * reads until the client closes.
 */
public final class ScriptedServer implements AutoCloseable {
  /** What is said to one client. */
  @FunctionalInterface
  public interface Script {
    /** An {@link IOException} means that the client was gone before the end. */
    void play(ScriptedServerSide client) throws IOException;
  }

  private final ServerSocket listening;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

  private ScriptedServer(ServerSocket listening, Script script) {
    this.listening = listening;
    this.script = script;
  }

  /** Listens on any port that is free. */
  public static ScriptedServer playing(Script script) throws IOException {
    return playing(script, new ServerSocket(0, 50, InetAddress.getByName("localhost")));
  }

  /** The same at all addresses of this machine, those without a name too. */
  public static ScriptedServer everywhere(Script script) throws IOException {
    return playing(script, new ServerSocket(0));
  }

  private static ScriptedServer playing(Script script, ServerSocket listening) {
    ScriptedServer server = new ScriptedServer(listening, script);
    daemon(server::accept);
    return server;
  }

  /** Where it listens. */
  public Server address() {
    return new Server("localhost", listening.getLocalPort());
  }

  /** How many clients have come and not closed yet. */
  public int openConnections() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
    Throwable broken = fault.get();
    if (broken != null) {
      throw new AssertionError("the script failed", broken);
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      ScriptedServerSide client = new ScriptedServerSide(socket);
      script.play(client);
      client.drain();
    } catch (IOException e) {
      // The client is gone, as it should be.
    } catch (RuntimeException | AssertionError e) {
      fault.set(e);
    } finally {
      open.remove(socket);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }
}
