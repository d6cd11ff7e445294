package io.pgplane.dataplane.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A distinguished name as text, byte for byte as OpenSSL writes it with {@code XN_FLAG_RFC2253}
 * ({@code X509_NAME_print_ex}): the last part first, other bytes than ASCII escaped, and types
 * without a name by their numbers. Names that are no text have none.
 */
final class DistinguishedName {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String ESCAPED = "\"+,;<>\\";
  private static final int LONG_LENGTH = 0x80;

  /** OpenSSL's short names of what stands in subjects. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          entry("2.5.4.3", "CN"),
          entry("2.5.4.4", "SN"),
          entry("2.5.4.5", "serialNumber"),
          entry("2.5.4.6", "C"),
          entry("2.5.4.7", "L"),
          entry("2.5.4.8", "ST"),
          entry("2.5.4.9", "street"),
          entry("2.5.4.10", "O"),
          entry("2.5.4.11", "OU"),
          entry("2.5.4.12", "title"),
          entry("2.5.4.13", "description"),
          entry("2.5.4.15", "businessCategory"),
          entry("2.5.4.16", "postalAddress"),
          entry("2.5.4.17", "postalCode"),
          entry("2.5.4.18", "postOfficeBox"),
          entry("2.5.4.20", "telephoneNumber"),
          entry("2.5.4.41", "name"),
          entry("2.5.4.42", "GN"),
          entry("2.5.4.43", "initials"),
          entry("2.5.4.44", "generationQualifier"),
          entry("2.5.4.45", "x500UniqueIdentifier"),
          entry("2.5.4.46", "dnQualifier"),
          entry("2.5.4.65", "pseudonym"),
          entry("2.5.4.72", "role"),
          entry("2.5.4.97", "organizationIdentifier"),
          entry("0.9.2342.19200300.100.1.1", "UID"),
          entry("0.9.2342.19200300.100.1.25", "DC"),
          entry("1.2.840.113549.1.9.1", "emailAddress"),
          entry("1.2.840.113549.1.9.2", "unstructuredName"),
          entry("1.2.840.113549.1.9.8", "unstructuredAddress"),
          entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
          entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
          entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"));

  private DistinguishedName() {}

  static String text(X500Name name) throws IOException {
    StringBuilder text = new StringBuilder();
    RDN[] parts = name.getRDNs();
    for (int i = parts.length - 1; i >= 0; i--) {
      AttributeTypeAndValue[] values = parts[i].getTypesAndValues();
      for (int j = values.length - 1; j >= 0; j--) {
        if (text.length() > 0) {
          text.append(j == values.length - 1 ? ',' : '+');
        }
        append(text, values[j]);
      }
    }
    return text.toString();
  }

  /** The bytes of a value, without its type and length. */
  static byte[] content(ASN1Encodable value) throws IOException {
    byte[] der = der(value);
    int length = der[1] & 0xFF;
    return Arrays.copyOfRange(der, length < LONG_LENGTH ? 2 : 2 + length - LONG_LENGTH, der.length);
  }

  private static void append(StringBuilder text, AttributeTypeAndValue part) throws IOException {
    String type = part.getType().getId();
    byte[] der = der(part.getValue());
    if (TYPES.containsKey(type) && isText(der[0])) {
      escape(text.append(TYPES.get(type)).append('='), utf8(der[0], content(part.getValue())));
    } else {
      text.append(TYPES.getOrDefault(type, type)).append("=#").append(HEX.formatHex(der));
    }
  }

  private static byte[] der(ASN1Encodable value) throws IOException {
    return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
  }

  private static boolean isText(byte tag) {
    return switch (tag) {
      case BERTags.UTF8_STRING,
          BERTags.NUMERIC_STRING,
          BERTags.PRINTABLE_STRING,
          BERTags.T61_STRING,
          BERTags.IA5_STRING,
          BERTags.UTC_TIME,
          BERTags.GENERALIZED_TIME,
          BERTags.VISIBLE_STRING,
          BERTags.UNIVERSAL_STRING,
          BERTags.BMP_STRING ->
          true;
      default -> false;
    };
  }

  private static byte[] utf8(byte tag, byte[] content) throws CharacterCodingException {
    return switch (tag) {
      case BERTags.UTF8_STRING -> content;
      case BERTags.BMP_STRING -> utf8(UTF_16BE, content);
      case BERTags.UNIVERSAL_STRING -> utf8(Charset.forName("UTF-32BE"), content);
      default -> utf8(ISO_8859_1, content);
    };
  }

  /** Fails on what is no text, so that it is not taken for another. */
  private static byte[] utf8(Charset charset, byte[] content) throws CharacterCodingException {
    return charset.newDecoder().decode(ByteBuffer.wrap(content)).toString().getBytes(UTF_8);
  }

  private static void escape(StringBuilder text, byte[] value) {
    for (int i = 0; i < value.length; i++) {
      char c = (char) (value[i] & 0xFF);
      boolean first = i == 0 && (c == ' ' || c == '#');
      boolean last = i == value.length - 1 && c == ' ';
      if (c < ' ' || c >= 0x7F) {
        text.append('\\').append(HEX.toHexDigits(value[i]));
      } else if (first || last || ESCAPED.indexOf(c) >= 0) {
        text.append('\\').append(c);
      } else {
        text.append(c);
      }
    }
  }
}
