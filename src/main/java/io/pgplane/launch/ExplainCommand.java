package io.pgplane.launch;

import io.pgplane.config.Config;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what would become of a login, without one. */
@Command(
    name = "explain",
    description = {
      "Tell which route and servers a login would take, and why not the routes before.",
      "Exits with 1 if it would be refused."
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfOption conf;

  @Option(names = "--user", required = true, description = "The user who logs in.")
  private String user;

  @Option(
      names = "--database",
      description = {
        "The database asked for; the user's name if left out.",
        "With --replication alone: `replication`, which is physical."
      })
  private @Nullable String database;

  @Option(names = "--sni", description = "The host name that the client asks TLS for.")
  private @Nullable String sni;

  @Option(names = "--application-name", description = "The client's application_name.")
  private @Nullable String applicationName;

  @Option(names = "--listener", description = "The listener's name; the first if left out.")
  private @Nullable String listener;

  @Option(
      names = "--source",
      defaultValue = "127.0.0.1",
      description = "The client's address; ${DEFAULT-VALUE} if left out.")
  private String source;

  @Option(names = "--tls", description = "The connection has TLS.")
  private boolean tls;

  @Option(names = "--certificate", description = "It has TLS, and a client certificate.")
  private boolean certificate;

  @Option(names = "--replication", description = "The client wants to replicate.")
  private boolean replication;

  @Option(names = "--route", description = "The client asks for this route (pgplane.route).")
  private @Nullable String route;

  @Option(
      names = "--target-session-attrs",
      defaultValue = "any",
      description = "The kind of server it asks for (pgplane.target_session_attrs).")
  private String targetSessionAttrs;

  @Option(names = "--json", description = "Print JSON, as the API does.")
  private boolean json;

  @Override
  public Integer call() {
    LoginRequest login = new LoginRequest(this::word);
    return ConfigLook.at(
        conf.file(),
        spec,
        config -> {
          Explanation explanation = explained(login, config);
          if (json) {
            spec.commandLine().getOut().println(explanation.json().encodePrettily());
          } else {
            explanation.lines().forEach(spec.commandLine().getOut()::println);
          }
          return explanation.refused() ? ExitCode.SOFTWARE : ExitCode.OK;
        });
  }

  private Explanation explained(LoginRequest login, Config config) {
    try {
      return login.explain(config);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The options by the names that they have in a request to the API. */
  private @Nullable String word(String name) {
    return switch (name) {
      case "user" -> user;
      case "database" -> database;
      case "sni" -> sni;
      case "applicationName" -> applicationName;
      case "listener" -> listener;
      case "source" -> source;
      case "tls" -> String.valueOf(tls);
      case "certificate" -> String.valueOf(certificate);
      case "replication" -> String.valueOf(replication);
      case "route" -> route;
      case "targetSessionAttrs" -> targetSessionAttrs;
      default -> null;
    };
  }
}
