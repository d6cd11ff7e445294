package io.pgplane.dataplane.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.IssuedCertificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateRulesTest {
  private static final IssuedCertificate ROOT = IssuedCertificate.of("CN=root").authority().issue();

  private final CertificateRules rules =
      new CertificateRules(List.of(ROOT.certificate()), Purpose.CLIENT);

  @Test
  void moreCertificatesThanAChainHasAreRefused() {
    X509Certificate own = IssuedCertificate.of("CN=me").by(ROOT).issue().certificate();

    assertThatCode(() -> rules.check(chain(own, 20))).doesNotThrowAnyException();
    assertThatThrownBy(() -> rules.check(chain(own, 21)))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("21 certificates are too many");
  }

  private static X509Certificate[] chain(X509Certificate own, int length) {
    return Collections.nCopies(length, own).toArray(X509Certificate[]::new);
  }
}
