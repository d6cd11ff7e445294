package io.pgplane.launch;

import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.dataplane.tls.TlsProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which provider does the work of TLS: a line for each listener and one for all backends, at
 * the start and when it changes. One thread at a time.
 */
final class TlsProviders {
  private static final Logger LOG = LoggerFactory.getLogger(TlsProviders.class);
  private static final int MOST_NAMES = 20;

  private final Map<String, String> last = new HashMap<>();

  /** These rules are those that sessions go by from now on. */
  void tell(Rules rules) {
    new TreeMap<>(rules.listeners())
        .forEach(
            (name, listener) ->
                listener
                    .tls()
                    .ifPresent(tls -> tell("listener " + name, "TLS by " + tls.providers())));
    backends(rules.routes().approaches());
  }

  private void backends(List<Approach> approaches) {
    Map<TlsProvider, List<String>> names =
        approaches.stream()
            .filter(approach -> approach.tls().isPresent())
            .collect(
                Collectors.groupingBy(
                    approach -> approach.tls().orElseThrow().provider(),
                    TreeMap::new,
                    Collectors.mapping(
                        approach -> approach.pool().backend().name(), Collectors.toList())));
    long without = approaches.size() - names.values().stream().mapToLong(List::size).sum();
    Stream<String> with =
        names.entrySet().stream()
            .map(entry -> "TLS by " + entry.getKey() + " with " + named(entry.getValue()));
    tell(
        "backends",
        Stream.concat(with, Stream.of("without TLS " + without)).collect(Collectors.joining("; ")));
  }

  private static String named(List<String> backends) {
    return backends.size() > MOST_NAMES
        ? backends.size() + " of them"
        : backends.stream().sorted().collect(Collectors.joining(", "));
  }

  private void tell(String subject, String text) {
    if (!text.equals(last.put(subject, text))) {
      LOG.info("{}: {}", subject, text);
    }
  }
}
