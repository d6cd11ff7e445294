package io.pgplane.controlplane.memberport;

import com.hazelcast.internal.util.ByteArrayProcessor;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.observability.LogRate;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams by which members find each other, where they do it by multicast. Each ends with a
 * proof that its sender knows the secret. Hazelcast deserialises them: nine bytes of an outsider,
 * which announce an array of 2 GiB, would end all members.
 */
final class ProvedDatagrams {
  private static final Logger LOG = LoggerFactory.getLogger(ProvedDatagrams.class);
  private static final LogRate RATE = new LogRate();

  private static final int PROOF_LENGTH = 32;

  /** Version 4 of Hazelcast's packets, and the type of null: Hazelcast ignores it. */
  private static final byte[] NOTHING = {4, 0, 0, 0, 0};

  private final List<KeyParameter> keys;

  private ProvedDatagrams(List<KeyParameter> keys) {
    this.keys = keys;
  }

  /** Proves by the first secret, and takes the proof of any; blocks before they are stretched. */
  static ProvedDatagrams of(List<ClusterSecret> secrets) {
    return new ProvedDatagrams(
        secrets.stream().map(secret -> new KeyParameter(secret.key("member datagrams"))).toList());
  }

  /** Adds the proof. */
  ByteArrayProcessor outgoing() {
    return new Processor() {
      @Override
      public byte[] process(byte[] bytes, int offset, int length) {
        byte[] sent = Arrays.copyOfRange(bytes, offset, offset + length + PROOF_LENGTH);
        byte[] proof = proof(keys.get(0), sent, length);
        System.arraycopy(proof, 0, sent, length, PROOF_LENGTH);
        return sent;
      }
    };
  }

  /** Takes the proof away; nothing is left of a datagram without one. */
  ByteArrayProcessor incoming() {
    return new Processor() {
      @Override
      public byte[] process(byte[] bytes, int offset, int length) {
        byte[] received = Arrays.copyOfRange(bytes, offset, offset + length);
        int end = length - PROOF_LENGTH;
        if (end > 0 && isProved(received, end)) {
          return Arrays.copyOf(received, end);
        }
        if (RATE.takeOne("datagrams between members without a proof")) {
          LOG.warn("a multicast datagram does not prove that its sender knows cluster.secret");
        }
        return NOTHING.clone();
      }
    };
  }

  private boolean isProved(byte[] received, int end) {
    byte[] shown = Arrays.copyOfRange(received, end, received.length);
    return keys.stream().anyMatch(key -> MessageDigest.isEqual(proof(key, received, end), shown));
  }

  private static byte[] proof(KeyParameter key, byte[] bytes, int length) {
    HMac mac = new HMac(new SHA256Digest());
    mac.init(key);
    mac.update(bytes, 0, length);
    byte[] proof = new byte[PROOF_LENGTH];
    mac.doFinal(proof, 0);
    return proof;
  }

  private abstract static class Processor implements ByteArrayProcessor {
    @Override
    public byte[] process(byte[] bytes) {
      return process(bytes, 0, bytes.length);
    }

    /** Only there because Hazelcast's interface has it. */
    @Override
    public byte[] process(byte[] bytes, int offset, int length, byte[] unused) {
      return process(bytes, offset, length);
    }
  }
}
