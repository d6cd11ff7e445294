package io.pgplane.hostile;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** A script's side of one connection, which writes down what it hears. */
final class Dialogue {
  /** The other side has ended the dialogue in the middle of the script. */
  private static final class Over extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final ScriptedClient client;
  private final Setup setup;
  private final Reaction reaction = new Reaction();
  private boolean heardLast;

  private Dialogue(ScriptedClient client, Setup setup) {
    this.client = client;
    this.setup = setup;
  }

  /**
   * Runs the script and waits for the end, which the other side must make by itself if the script
   * ends by sending something, and else because nothing more will be sent.
   */
  static Reaction of(ScriptedClient client, Setup setup, Script script) throws IOException {
    Dialogue dialogue = new Dialogue(client, setup);
    try {
      script.run(dialogue);
      if (dialogue.heardLast) {
        dialogue.shutdownOutput();
      }
      dialogue.toEnd();
    } catch (Over e) {
      // All that was heard is written down.
    }
    return dialogue.reaction;
  }

  Setup setup() {
    return setup;
  }

  ScriptedClient client() {
    return client;
  }

  /** Sends the packets in one write; that the other side does not want them is heard by reading. */
  Dialogue send(byte[]... packets) {
    heardLast = false;
    try {
      client.send(packets);
    } catch (IOException e) {
      // It has closed, and what it said before can still be read.
    }
    return this;
  }

  /** Sends a StartupMessage for the setup's user and database, with more names and values. */
  Dialogue startup(String... more) {
    String[] names = {"user", setup.user(), "database", setup.database()};
    return send(
        Packets.startup(
            Stream.concat(Arrays.stream(names), Arrays.stream(more)).toArray(String[]::new)));
  }

  /** Hears one byte that is not a message. */
  char answer() throws IOException {
    try {
      char answer = client.readByte();
      heardLast = true;
      reaction.answer(answer);
      return answer;
    } catch (EOFException | SocketException e) {
      throw over(new byte[0]);
    }
  }

  /** Hears one message. */
  Message message() throws IOException {
    try {
      Message message = client.read();
      heardLast = true;
      reaction.message(message);
      return message;
    } catch (EOFException | SocketException e) {
      throw over(new byte[0]);
    } catch (SSLException e) {
      throw alert(e);
    }
  }

  /** Hears messages up to this one. */
  Message until(char type) throws IOException {
    Message message = message();
    while (message.type() != type) {
      message = message();
    }
    return message;
  }

  /** Sends the startup packet and a client-first-message; hears the server-first-message. */
  String challenge(String mechanism, String clientFirst) throws IOException {
    startup().until('R');
    send(Packets.saslInitial(mechanism, clientFirst));
    return message().text(4);
  }

  /** Logs in by SCRAM-SHA-256, up to the first ReadyForQuery. */
  Dialogue login(String... more) throws IOException {
    startup(more).until('R');
    prove();
    until('Z');
    return this;
  }

  /** Says all of SCRAM-SHA-256 that comes after AuthenticationSASL, with this behind it. */
  void prove(byte[]... behind) throws IOException {
    RawScram scram = new RawScram(setup.password(), "n,,", "n=,r=a-nonce-of-the-client");
    send(Packets.saslInitial("SCRAM-SHA-256", scram.clientFirst()));
    byte[] last = Packets.sasl(scram.clientFinal(message().text(4)));
    send(Stream.concat(Stream.of(last), Arrays.stream(behind)).toArray(byte[][]::new));
  }

  /** Says that nothing more will be sent. */
  void shutdownOutput() {
    try {
      client.shutdownOutput();
    } catch (IOException e) {
      // It has closed, and what it said before can still be read.
    }
  }

  /** Hears all there is, up to the end. */
  void toEnd() throws IOException {
    try {
      throw over(client.readToEnd());
    } catch (SSLException e) {
      throw alert(e);
    }
  }

  private Over over(byte[] rest) {
    reaction.rest(rest);
    return new Over();
  }

  private Over alert(SSLException e) {
    reaction.alert(String.valueOf(e.getMessage()));
    return over(new byte[0]);
  }
}
