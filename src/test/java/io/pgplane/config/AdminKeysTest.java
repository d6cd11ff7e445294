package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Admin.Rights;
import io.pgplane.config.Admin.Token;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminKeysTest {
  private static final String SECRET = "0123456789abcdef";

  /** As {@code printf %s 0123456789abcdef | sha256sum} prints it. */
  private static final String DIGEST =
      "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f";

  @TempDir private Path directory;

  @Test
  void thereIsNoPortWithoutTheKey() {
    assertThat(Trees.bind(VALID).admin()).isEmpty();
  }

  @Test
  void listensOnThisMachineAloneWithoutAToken() {
    assertThat(admin("{}"))
        .isEqualTo(new Admin("127.0.0.1", 6480, List.of(), false, Optional.empty(), Duration.ZERO));
  }

  @Test
  void takesOneTokenAsOneThatMayDoEverything() {
    assertThat(admin("{ token: " + SECRET + " }").tokens())
        .containsExactly(new Token("admin", DIGEST, Rights.ADMINISTER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {DIGEST, "9F9F5111F7B27A781F1F1DDDE5EBC2DD2B796BFC7365C9C28B548E564176929F"})
  void takesADigestInThePlaceOfAToken(String digest) {
    assertThat(admin("{ token: 'sha256:" + digest + "' }"))
        .isEqualTo(admin("{ token: " + SECRET + " }"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.5", "admin.example"})
  void refusesPlainHttpOffThisMachineUnlessItIsWanted(String host) {
    String admin = "admin: { host: \"" + host + "\", token: " + SECRET;

    assertThat(problems(VALID + admin + " }"))
        .containsExactly(
            "admin.tls: missing; tokens and answers would go over the network in clear, as "
                + host
                + " is no loopback address: give a certificate, or set insecure: true");
    assertThat(Trees.bind(VALID + admin + ", insecure: true }").warnings())
        .noneMatch(warning -> warning.path().startsWith("admin"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void takesPlainHttpOnThisMachine(String host) {
    assertThat(admin("{ host: \"" + host + "\" }").tls()).isEmpty();
  }

  @Test
  void readsTokensAndTheirRights() {
    String tokens =
        "[{ name: a, token: 0123456789abcde0, rights: read },"
            + " { name: b, token: 'AZaz09-._~+/abc==', rights: operate },"
            + " { name: c, token: 0123456789abcde2, rights: administer }]";

    assertThat(admin("{ tokens: " + tokens + ", metricsToken: true }"))
        .satisfies(
            admin -> {
              assertThat(admin.metricsToken()).isTrue();
              assertThat(admin.tokens())
                  .extracting(Token::rights)
                  .containsExactly(Rights.READ, Rights.OPERATE, Rights.ADMINISTER);
              assertThat(admin.tokens().get(1).digest())
                  .isEqualTo(Token.digest("AZaz09-._~+/abc=="));
            });
  }

  @Test
  void watchesTheFilesOfItsTls() throws IOException {
    PemFiles.write(directory);
    Path chain = directory.resolve("server.crt");
    Path key = directory.resolve("server.key");

    Config config =
        Trees.bind(VALID + "admin: { tls: { chain: \"" + chain + "\", key: \"" + key + "\" } }");

    assertThat(config.admin().flatMap(Admin::tls)).contains(new CertificateFiles(chain, key));
    assertThat(config.files()).contains(chain, key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "token: short | token: too weak; give 16 characters or more: openssl rand -hex 32",
        "token: '0123456789 abcdef' | token: only letters, digits and -._~+/ can stand in a token, and = at its end",
        "token: 1234567890123456 | token: expected a text, found a number; put it in quotes",
        "tokens: [] | tokens: expected a list with at least one element, found an empty one",
        "tokens: [{ name: a, token: 0123456789abcdef }] | tokens[0].rights: missing; expected one of read, operate, administer",
        "tokens: [{ name: a, token: 0123456789abcdef, rights: write }] | tokens[0].rights: expected one of read, operate, administer, found \"write\"",
        "token: 0123456789abcdef, tokens: [{ name: a, token: 0123456789abcdef, rights: read }] | token: there are tokens, too; put it among them",
        "tokens: [{ name: a, token: 0123456789abcdef, rights: read }, { name: a, token: 1123456789abcdef, rights: read }] | tokens[1].name: \"a\" is already that of another token",
        "tokens: [{ name: a, token: 0123456789abcdef, rights: read }, { name: b, token: 0123456789abcdef, rights: read }] | tokens[1].token: another token is the same; make a new one",
        "tokens: [{ name: a, token: 0123456789abcdef, rights: read }, { name: b, token: 'sha256:9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f', rights: read }] | tokens[1].token: another token is the same; make a new one",
        "token: 'sha256:9f9f' | token: expected 64 hexadecimal digits after sha256:",
        "port: 65536 | port: expected a port in 0..65535, found the number 65536",
        "tokn: 0123456789abcdef | tokn: unknown key; did you mean \"token\"?",
      })
  void tellsWhatIsWrong(String keys, String problem) {
    assertThat(problems(VALID + "admin: { " + keys + " }")).containsExactly("admin." + problem);
  }

  @Test
  void showsNoToken() {
    Map<String, String> environment = Map.of("TOKEN", "secret but short");

    assertThat(problems(VALID + "admin: { token: '${TOKEN}' }", environment).toString())
        .doesNotContain("secret but short");
    assertThat(admin("{ token: " + SECRET + " }").toString()).doesNotContain(SECRET);
  }

  private static Admin admin(String yaml) {
    return Trees.bind(VALID + "admin: " + yaml).admin().orElseThrow();
  }
}
