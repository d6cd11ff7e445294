package io.pgplane.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemObjectParser;

/** The blocks of a PEM file. */
final class PemBlocks extends PEMParser {
  PemBlocks(byte[] content) {
    super(new InputStreamReader(new ByteArrayInputStream(content), StandardCharsets.ISO_8859_1));
  }

  List<PemObject> of(Set<String> types, int most) throws IOException {
    List<PemObject> found = new ArrayList<>();
    PemObject block = readPemObject();
    while (block != null && found.size() < most) {
      if (types.contains(block.getType())) {
        found.add(block);
      }
      block = readPemObject();
    }
    return found;
  }

  Object parse(PemObject block) throws IOException {
    PemObjectParser parser = (PemObjectParser) parsers.get(block.getType());
    if (parser == null) {
      throw new IOException("no parser for " + block.getType());
    }
    return parser.parseObject(block);
  }
}
