package io.pgplane.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.Problem;
import io.pgplane.dataplane.auth.ClientAuthenticator;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.limit.TrustedProxies;
import io.pgplane.dataplane.route.RouteTable;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.dataplane.session.Rules.ListenerRules;
import io.pgplane.dataplane.tls.ListenerTlsContext;
import io.pgplane.dataplane.tls.TlsContexts;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.protocol.scram.MockVerifiers;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes a configuration ready for sessions: reads its TLS files, and what else takes time. */
final class RulesLoader {
  private final SecureRandom random;
  private final Fleet fleet;
  private final byte[] mockSecret;
  private final VerifierForms forms = new VerifierForms();
  private final TlsContexts contexts = new TlsContexts();
  private Optional<Made> last = Optional.empty();

  /** Rules, and what they were made of. */
  private record Made(Config config, Rules rules) {

    /** Whether the same file, read once, is behind both: others change with every look at it. */
    boolean isOf(Config other) {
      return config.listeners() == other.listeners();
    }
  }

  /**
   * Fixes the secret of the mock verifiers for the life of the process.
   *
   * @param first the configuration to begin with; without a cluster secret, its verifiers are one
   * @param fleet the servers that are known already
   */
  RulesLoader(Config first, SecureRandom random, Fleet fleet) {
    this.random = random;
    this.fleet = fleet;
    this.mockSecret =
        first
            .clusterSecret()
            .map(secret -> secret.key("mock verifiers"))
            .orElseGet(
                () ->
                    first.topology().users().stream()
                        .flatMap(RulesLoader::verifier)
                        .map(ScramVerifier::text)
                        .sorted()
                        .collect(Collectors.joining())
                        .getBytes(UTF_8));
  }

  /**
   * Reads what the configuration names; blocks. Of what the one before has named, and no new look
   * at the file has come between, nothing is read again. Parts that have not changed stay the same
   * objects: a TLS context, with its session tickets, lasts until its parameters or files change.
   *
   * @throws ConfigException if files are not what they should be
   */
  Rules load(Config config) {
    List<Problem> problems = new ArrayList<>();
    Optional<Made> before = last.filter(made -> made.isOf(config));
    if (before.isEmpty()) {
      contexts.readFilesAgain();
    }
    Map<String, ListenerRules> listeners =
        before.map(made -> made.rules().listeners()).orElseGet(() -> listeners(config, problems));
    Optional<RouteTable> routes =
        before
            .filter(made -> config.topology().leadsAs(made.config().topology()))
            .map(made -> made.rules().routes())
            .or(() -> routes(config, problems));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    Rules rules =
        new Rules(
            listeners,
            authenticator(config),
            config.topology(),
            routes.orElseThrow(),
            config.limits(),
            config.throttling());
    last = Optional.of(new Made(config, rules));
    return rules;
  }

  private Map<String, ListenerRules> listeners(Config config, List<Problem> problems) {
    Map<String, ListenerRules> listeners = new HashMap<>();
    List<Listener> configured = config.listeners();
    for (int i = 0; i < configured.size(); i++) {
      Listener listener = configured.get(i);
      String path = "listeners[" + i + "].tls";
      Optional<ListenerTlsContext> tls = context(listener.tls(), path, problems);
      listeners.put(listener.name(), rules(listener, tls, config));
    }
    return listeners;
  }

  private static ListenerRules rules(
      Listener listener, Optional<ListenerTlsContext> tls, Config ofAll) {
    return new ListenerRules(
        listener.name(),
        listener.tls().mode(),
        tls,
        new TrustedProxies(listener.name(), listener.trustedProxies()),
        listener.connectionLimit(),
        listener.timeouts().before(ofAll.timeouts()),
        listener.tcp().orElse(ofAll.tcp()));
  }

  private ClientAuthenticator authenticator(Config config) {
    MockVerifiers mocks = new MockVerifiers(mockSecret, forms.of(config.topology()));
    return new ClientAuthenticator(config.topology(), mocks, random);
  }

  private static Stream<ScramVerifier> verifier(User user) {
    return user.auth() instanceof UserAuth.Scram scram
        ? Stream.of(scram.verifier())
        : Stream.empty();
  }

  private Optional<ListenerTlsContext> context(
      ListenerTls tls, String path, List<Problem> problems) {
    if (tls.mode() == ListenerTls.Mode.DISABLE) {
      return Optional.empty();
    }
    try {
      return Optional.of(contexts.of(tls));
    } catch (TlsMaterialException e) {
      problems.add(new Problem(path, String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private Optional<RouteTable> routes(Config config, List<Problem> problems) {
    try {
      return Optional.of(
          RouteTable.load(
              config.topology(),
              fleet.prepare(config.topology().backends(), config.zone()),
              contexts));
    } catch (TlsMaterialException e) {
      problems.add(new Problem("backends", String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }
}
