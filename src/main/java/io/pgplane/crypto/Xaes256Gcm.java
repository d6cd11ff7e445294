package io.pgplane.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * XAES-256-GCM (C2SP, {@code XAES-256-GCM.md}): AES-256-GCM with a nonce of 24 bytes.
 *
 * <p>AES-GCM alone allows about 2^32 messages with random nonces under one key, which members that
 * run for years could exceed together. Here the first half of the nonce makes a key for each
 * message, so a random nonce is safe for 2^80 messages.
 */
public final class Xaes256Gcm {
  /** The bytes of a nonce. */
  static final int NONCE_LENGTH = 24;

  private static final int HALF = NONCE_LENGTH / 2;
  private static final int BLOCK = 16;
  private static final int TAG_BITS = 128;

  private final KeyParameter key;
  private final SecureRandom random = new SecureRandom();

  /** Encrypts under a key of 32 bytes. */
  public Xaes256Gcm(byte[] key) {
    if (key.length != 2 * BLOCK) {
      throw new IllegalArgumentException("a key of " + key.length + " bytes");
    }
    this.key = new KeyParameter(key);
  }

  /** The nonce, the ciphertext, and a tag of 16 bytes over both texts. */
  public byte[] encrypt(byte[] plaintext, byte[] associated) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    return encrypt(nonce, plaintext, associated);
  }

  byte[] encrypt(byte[] nonce, byte[] plaintext, byte[] associated) {
    try {
      Cipher gcm = gcm(Cipher.ENCRYPT_MODE, nonce, associated);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_LENGTH + gcm.getOutputSize(plaintext.length));
      gcm.doFinal(plaintext, 0, plaintext.length, sealed, NONCE_LENGTH);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The plaintext; empty if the bytes were not encrypted with this key and associated text. */
  public Optional<byte[]> decrypt(byte[] sealed, byte[] associated) {
    if (sealed.length < NONCE_LENGTH + BLOCK) {
      return Optional.empty();
    }
    try {
      Cipher gcm = gcm(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_LENGTH), associated);
      return Optional.of(gcm.doFinal(sealed, NONCE_LENGTH, sealed.length - NONCE_LENGTH));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Cipher gcm(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        mode,
        new SecretKeySpec(messageKey(nonce), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce, HALF, HALF));
    gcm.updateAAD(associated);
    return gcm;
  }

  /** NIST SP 800-108r1 in counter mode with CMAC, over the first half of the nonce. */
  private byte[] messageKey(byte[] nonce) {
    byte[] made = new byte[2 * BLOCK];
    CMac cmac = new CMac(AESEngine.newInstance());
    cmac.init(key);
    byte[] input = new byte[BLOCK];
    input[2] = 'X';
    System.arraycopy(nonce, 0, input, BLOCK - HALF, HALF);
    for (int counter = 1; counter <= 2; counter++) {
      input[1] = (byte) counter;
      cmac.update(input, 0, BLOCK);
      cmac.doFinal(made, (counter - 1) * BLOCK);
    }
    return made;
  }
}
