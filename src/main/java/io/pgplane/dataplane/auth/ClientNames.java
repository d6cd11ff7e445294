package io.pgplane.dataplane.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.dataplane.tls.CertificateNames;
import io.pgplane.topology.CertificateMatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whom a client certificate is for. Names are read by their types, and common names as the bytes
 * that stand there, as PostgreSQL reads them ({@code be_tls_open_server}). It takes the first of
 * several common names; here such a certificate has no name. All names are read at once, so that
 * the time tells nothing of the user that they are compared with.
 *
 * @param subject as PostgreSQL writes it; empty if it cannot be read, or a common name has a zero
 *     byte
 * @param altNames each with its kind
 */
record ClientNames(List<byte[]> commonNames, Optional<String> subject, Set<String> altNames) {
  private static final ClientNames NONE = new ClientNames(List.of(), Optional.empty(), Set.of());

  static ClientNames of(X509Certificate certificate) {
    try {
      X509CertificateHolder holder = CertificateNames.holder(certificate);
      List<byte[]> commonNames = new ArrayList<>();
      for (RDN part : holder.getSubject().getRDNs()) {
        for (AttributeTypeAndValue name : part.getTypesAndValues()) {
          if (name.getType().equals(BCStyle.CN)) {
            commonNames.add(DistinguishedName.content(name.getValue()));
          }
        }
      }
      return commonNames.stream().anyMatch(ClientNames::hasZero)
          ? NONE
          : new ClientNames(commonNames, subject(holder), altNames(holder));
    } catch (IOException | CertificateException | RuntimeException e) {
      return NONE;
    }
  }

  /** Whether the certificate is one of these. */
  boolean areOf(CertificateMatch match) {
    return isCommon(match.commonNames())
        || subject.filter(match.subjects()::contains).isPresent()
        || !Collections.disjoint(altNames, match.altNames());
  }

  /** By the bytes: a decoder would make one name of all that are not well-formed. */
  private boolean isCommon(Set<String> names) {
    return commonNames.size() == 1
        && names.stream()
            .map(name -> ByteBuffer.wrap(name.getBytes(UTF_8)))
            .anyMatch(ByteBuffer.wrap(commonNames.get(0))::equals);
  }

  private static Optional<String> subject(X509CertificateHolder certificate) {
    try {
      return Optional.of(DistinguishedName.text(certificate.getSubject()));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Set<String> altNames(X509CertificateHolder certificate) {
    Set<String> names = new HashSet<>();
    try {
      for (GeneralName name : CertificateNames.alternative(certificate)) {
        String kind = kind(name.getTagNo());
        if (!kind.isEmpty() && name.getName() instanceof ASN1String text) {
          names.add(kind + text.getString());
        }
      }
      return names;
    } catch (CertificateException e) {
      return Set.of();
    }
  }

  private static String kind(int tag) {
    return switch (tag) {
      case GeneralName.dNSName -> "DNS:";
      case GeneralName.rfc822Name -> "email:";
      case GeneralName.uniformResourceIdentifier -> "URI:";
      default -> "";
    };
  }

  private static boolean hasZero(byte[] name) {
    for (byte b : name) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  /** For the log. */
  @Override
  public String toString() {
    return subject
        .map(text -> "the certificate of \"" + text + "\"")
        .orElse("a certificate whose names cannot be read");
  }
}
