package io.keelson.cli.cluster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The program that holds a pod's namespaces: it ignores the ends of children, so that the kernel buries them, and waits for ever. A whole
 * program for Linux in some two hundred bytes, so that none has to be compiled or fetched:
 *
 * <pre>
 *   rt_sigaction(SIGCHLD, {SIG_IGN}, 0, 8);  for (;;) pause();      (amd64; on arm64, which has no pause: ppoll(0, 0, 0, 0, 0))
 * </pre>
 */
final class PauseProgram {

    private static final int HEADERS = 64 + 56;
    private static final long BASE = 0x400000;
    private static final int SIGACTION_BYTES = 32;
    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;

    private PauseProgram() {}

    /** The program for this machine's processors, if it is known for them. */
    static Optional<byte[]> forMachine() {
        return switch (Images.architecture()) {
            case "amd64" -> Optional.of(amd64());
            case "arm64" -> Optional.of(arm64());
            default -> Optional.empty();
        };
    }

    static byte[] amd64() {
        // mov eax,13; mov edi,17; mov esi,ACTION; xor edx,edx; mov r10d,8; syscall; mov eax,34; syscall; jmp back to
        // mov eax,34
        var code = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        code.put(hex("b80d000000" + "bf11000000" + "be")).putInt((int) (BASE + HEADERS + 40));
        code.put(hex("31d2" + "41ba08000000" + "0f05" + "b822000000" + "0f05" + "ebf7"));
        return elf(X86_64, code.array());
    }

    static byte[] arm64() {
        var code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.putInt(0xd2800220); // mov x0, 17
        code.putInt(0x100001e1); // adr x1, ACTION (60 bytes on)
        code.putInt(0xd2800002); // mov x2, 0
        code.putInt(0xd2800103); // mov x3, 8
        code.putInt(0xd28010c8); // mov x8, 134 (rt_sigaction)
        code.putInt(0xd4000001); // svc 0
        code.putInt(0xd2800000); // mov x0, 0
        code.putInt(0xd2800001); // mov x1, 0
        code.putInt(0xd2800002); // mov x2, 0
        code.putInt(0xd2800003); // mov x3, 0
        code.putInt(0xd2800004); // mov x4, 0
        code.putInt(0xd2800928); // mov x8, 73 (ppoll)
        code.putInt(0xd4000001); // svc 0
        code.putInt(0x17fffff9); // b back to mov x0, 0
        return elf(AARCH64, code.array());
    }

    /** One loadable segment: headers, code, and a sigaction with the handler SIG_IGN (1). */
    private static byte[] elf(int machine, byte[] code) {
        int size = HEADERS + code.length + SIGACTION_BYTES;
        var elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(hex("7f454c46020101")).put(new byte[9]);
        elf.putShort((short) 2).putShort((short) machine).putInt(1);
        elf.putLong(BASE + HEADERS).putLong(64).putLong(0).putInt(0);
        elf.putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 1)
                .putShort((short) 64)
                .putShort((short) 0)
                .putShort((short) 0);
        elf.putInt(1)
                .putInt(5)
                .putLong(0)
                .putLong(BASE)
                .putLong(BASE)
                .putLong(size)
                .putLong(size)
                .putLong(0x1000);
        elf.put(code).putLong(1).putLong(0).putLong(0).putLong(0);
        return elf.array();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
