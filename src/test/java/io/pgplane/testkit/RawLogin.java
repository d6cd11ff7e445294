package io.pgplane.testkit;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server said between the startup packet and the first ReadyForQuery.
 *
 * @param key as in its BackendKeyData
 * @param parameters as in its ParameterStatus messages
 * @param mechanism of SASL; empty without
 */
public record RawLogin(BackendKey key, Map<String, String> parameters, String mechanism) {
  private static final int OK = 0;
  private static final int CLEARTEXT = 3;
  private static final int SASL = 10;

  /** The login failed; the server's ErrorResponse says why. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Message error;
    private final boolean authenticated;

    Refused(Message error, boolean authenticated) {
      super(error.toString());
      this.error = error;
      this.authenticated = authenticated;
    }

    /** Whether AuthenticationOk had come before. */
    public boolean authenticated() {
      return authenticated;
    }

    public Message error() {
      return error;
    }
  }

  static RawLogin of(ScriptedClient client, String user, String password) throws IOException {
    String mechanism = authenticate(client, user, password);
    Map<String, String> parameters = new TreeMap<>();
    BackendKey key = new BackendKey(0, new byte[0]);
    while (true) {
      Message message = client.read();
      switch (message.type()) {
        case 'Z' -> {
          return new RawLogin(key, parameters, mechanism);
        }
        case 'S' -> {
          List<String> parts = message.strings(0);
          parameters.put(parts.get(0), parts.size() > 1 ? parts.get(1) : "");
        }
        case 'K' -> key = BackendKey.of(message.body());
        case 'E' -> throw new Refused(message, true);
        default -> {}
      }
    }
  }

  /** Says all that a login takes, and reads nothing of what comes of it. */
  static void prove(ScriptedClient client, String user, String password) throws IOException {
    prove(client, authentication(client).strings(4), user, password);
  }

  private static String authenticate(ScriptedClient client, String user, String password)
      throws IOException {
    String mechanism = "";
    while (true) {
      Message message = authentication(client);
      switch (message.int32(0)) {
        case OK -> {
          return mechanism;
        }
        case CLEARTEXT -> client.send(Packets.password(password));
        case SASL -> mechanism = scram(client, message.strings(4), user, password);
        default -> throw new IOException("cannot answer " + message.int32(0));
      }
    }
  }

  private static String scram(
      ScriptedClient client, List<String> mechanisms, String user, String password)
      throws IOException {
    try {
      ScramClient scram = prove(client, mechanisms, user, password);
      scram.serverFinalMessage(authentication(client).text(4));
      return scram.getScramMechanism().getName();
    } catch (ScramException e) {
      throw new IOException(e);
    }
  }

  /** Everything of SCRAM that the client says; the answer to it is not read. */
  private static ScramClient prove(
      ScriptedClient client, List<String> mechanisms, String user, String password)
      throws IOException {
    try {
      ScramClient scram = scramClient(client, mechanisms, user, password);
      String mechanism = scram.getScramMechanism().getName();
      client.send(Packets.saslInitial(mechanism, scram.clientFirstMessage().toString()));
      scram.serverFirstMessage(authentication(client).text(4));
      client.send(Packets.sasl(scram.clientFinalMessage().toString()));
      return scram;
    } catch (ScramException | CertificateException e) {
      throw new IOException(e);
    }
  }

  private static ScramClient scramClient(
      ScriptedClient client, List<String> mechanisms, String user, String password)
      throws IOException, CertificateException {
    ScramClient.FinalBuildStage builder =
        ScramClient.builder()
            .advertisedMechanisms(mechanisms)
            .username(user)
            .password(password.toCharArray());
    var certificate = client.peerCertificate();
    if (certificate.isPresent()) {
      builder.channelBinding(
          TlsServerEndpoint.TLS_SERVER_END_POINT,
          TlsServerEndpoint.getChannelBindingData(certificate.get()));
    }
    return builder.build();
  }

  private static Message authentication(ScriptedClient client) throws IOException {
    Message message = client.read();
    return switch (message.type()) {
      case 'R' -> message;
      case 'E' -> throw new Refused(message, false);
      default -> throw new IOException("not an answer to a login: " + message);
    };
  }
}
