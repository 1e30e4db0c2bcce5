package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import java.util.List;

/** Addresses of machines and ranges of them. */
final class IpFunctions {

    static final CelType IP = OpaqueType.create("net.IP");
    static final CelType CIDR = OpaqueType.create("net.CIDR");

    private IpFunctions() {}

    static FunctionTable table() {
        CelType text = SimpleType.STRING;
        CelType bool = SimpleType.BOOL;
        return new FunctionTable()
                .global("ip", IP, List.of(text), a -> address(a[0]))
                .global(
                        "isIP",
                        bool,
                        List.of(text),
                        a -> IpAddress.parse((String) a[0]).isPresent())
                .global(
                        "ip.isCanonical",
                        bool,
                        List.of(text),
                        a -> address(a[0]).toString().equals(a[0]))
                .global("string", text, List.of(IP), a -> a[0].toString())
                .member("family", SimpleType.INT, List.of(IP), a -> (long) ((IpAddress) a[0]).family())
                .member("isUnspecified", bool, List.of(IP), a -> ((IpAddress) a[0]).unspecified())
                .member("isLoopback", bool, List.of(IP), a -> ((IpAddress) a[0]).loopback())
                .member("isLinkLocalMulticast", bool, List.of(IP), a -> ((IpAddress) a[0]).linkLocalMulticast())
                .member("isLinkLocalUnicast", bool, List.of(IP), a -> ((IpAddress) a[0]).linkLocalUnicast())
                .member("isGlobalUnicast", bool, List.of(IP), a -> ((IpAddress) a[0]).globalUnicast())
                .global("cidr", CIDR, List.of(text), a -> range(a[0]))
                .global(
                        "isCIDR",
                        bool,
                        List.of(text),
                        a -> IpRange.parse((String) a[0]).isPresent())
                .global("string", text, List.of(CIDR), a -> a[0].toString())
                .member("containsIP", bool, List.of(CIDR, IP), a -> ((IpRange) a[0]).contains((IpAddress) a[1]))
                .member("containsIP", bool, List.of(CIDR, text), a -> ((IpRange) a[0]).contains(address(a[1])))
                .member("containsCIDR", bool, List.of(CIDR, CIDR), a -> ((IpRange) a[0]).contains((IpRange) a[1]))
                .member("containsCIDR", bool, List.of(CIDR, text), a -> ((IpRange) a[0]).contains(range(a[1])))
                .member("ip", IP, List.of(CIDR), a -> ((IpRange) a[0]).address())
                .member("masked", CIDR, List.of(CIDR), a -> masked((IpRange) a[0]))
                .member("prefixLength", SimpleType.INT, List.of(CIDR), a -> (long) ((IpRange) a[0]).prefix());
    }

    private static IpRange masked(IpRange range) {
        return new IpRange(range.address().masked(range.prefix()), range.prefix());
    }

    private static IpAddress address(Object text) throws CelEvaluationException {
        return IpAddress.parse((String) text)
                .orElseThrow(() ->
                        FunctionTable.failure("IP Address \"" + text + "\" parse error during conversion from string"));
    }

    private static IpRange range(Object text) throws CelEvaluationException {
        return IpRange.parse((String) text)
                .orElseThrow(() -> FunctionTable.failure(
                        "network address parse error during conversion from string: \"" + text + "\""));
    }
}
