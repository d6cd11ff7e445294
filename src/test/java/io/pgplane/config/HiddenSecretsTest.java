package io.pgplane.config;

import static io.pgplane.config.HiddenSecrets.HIDDEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.scram.ScramVerifier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HiddenSecretsTest {
  private final JsonObject route =
      new JsonObject()
          .put("name", "app")
          .put("login", new JsonObject().put("user", "service").put("password", "clear"));

  @Test
  void hidesSecretsAtAnyDepthAndOfAnyKind() {
    JsonObject document =
        route
            .copy()
            .put("secret", 17)
            .put("list", new JsonArray().add(new JsonObject().put("oldSecret", "x")));

    String shown = HiddenSecrets.hide(document).encode();

    assertThat(shown).doesNotContain("clear").doesNotContain("17").doesNotContain("\"x\"");
    assertThat(shown).contains("service");
  }

  @Test
  void keepsWhatComesBackHidden() {
    JsonObject shown = HiddenSecrets.hide(route);

    assertThat(HiddenSecrets.restore(shown, Optional.of(route))).isEqualTo(route);
  }

  @Test
  void keepsWhatOpensAPrivateKeyForTheSameFilesOnly() {
    JsonObject tls =
        new JsonObject().put("certificate", "a.crt").put("key", "a.key").put("keyPassword", "x");
    JsonObject backend = new JsonObject().put("tls", tls);

    JsonObject same = HiddenSecrets.restore(HiddenSecrets.hide(backend), Optional.of(backend));
    JsonObject other = HiddenSecrets.hide(backend);
    other.getJsonObject("tls").put("key", "b.key");

    assertThat(same).isEqualTo(backend);
    assertThat(HiddenSecrets.hiddenIn(HiddenSecrets.restore(other, Optional.of(backend))))
        .containsExactly("tls.keyPassword");
  }

  @Test
  void findsWhatStaysHidden() {
    JsonObject shown = HiddenSecrets.hide(route);

    JsonObject restored = HiddenSecrets.restore(shown, Optional.empty());

    assertThat(HiddenSecrets.hiddenIn(restored)).containsExactly("login.password");
    assertThat(HiddenSecrets.hiddenIn(route)).isEmpty();
    assertThat(HiddenSecrets.hiddenIn(new JsonObject().put("name", HIDDEN))).isEmpty();
  }

  @Test
  void makesAVerifierOfAPasswordAndTheSameOneAgainOfTheSamePassword() {
    JsonObject user = new JsonObject().put("name", "alice").put("password", "secret");

    JsonObject hashed = HiddenSecrets.hashPassword(user, Optional.empty());

    assertThat(hashed.containsKey("password")).isFalse();
    assertThat(ScramVerifier.parse(hashed.getString("secret"))).isNotNull();
    assertThat(HiddenSecrets.hashPassword(user, Optional.of(hashed))).isEqualTo(hashed);
    assertThat(HiddenSecrets.hashPassword(user.put("password", "other"), Optional.of(hashed)))
        .isNotEqualTo(hashed);
  }

  @Test
  void leavesAUserAloneThatHasASecretToo() {
    JsonObject user = new JsonObject().put("password", "secret").put("secret", "given");

    assertThat(HiddenSecrets.hashPassword(user, Optional.empty())).isEqualTo(user);
  }
}
