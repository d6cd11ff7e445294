package io.pgplane.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes the records of a file's tree, or tells everything that is wrong in it. */
final class Binder {
  private Binder() {}

  /**
   * Blocks: it reads the files that are named, and hashes passwords.
   *
   * @param environment the value of a variable, or null
   * @param secrets gives the texts of files, and knows afterwards which were read
   * @throws ConfigException with all problems
   */
  static Config bind(
      JsonObject tree, UnaryOperator<@Nullable String> environment, SecretFiles secrets) {
    Problems problems = new Problems();
    Object substituted = new Substitution(environment, secrets, problems).in("", tree);
    Node file = new Node("", substituted, problems);
    Optional<Values> values = FileKeys.FILE.read(file);
    CrossChecks.run(file);
    ListenAddresses.check(file);
    List<Problem> found = problems.list();
    if (!found.isEmpty()) {
      throw new ConfigException(found);
    }
    Config config = FileKeys.config(values.orElseThrow(), Tree.documents(substituted));
    WarningChecks.run(file, config);
    return config.warning(problems.warnings());
  }
}
