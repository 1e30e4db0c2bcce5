package io.keelson.orchestrator.admit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/**
 * What somebody asks for, and whether that is within bounds. The words are Kubernetes'.
 *
 * @param type who: {@code Container}, {@code Pod} or {@code PersistentVolumeClaim}
 * @param requests what is asked for
 * @param limits what is used at most
 */
record Bounds(String type, ResourceList requests, ResourceList limits) {

    private static final int RATIO_DIGITS = 6;

    void atLeast(ResourceList min, List<String> broken) {
        for (String name : min.names()) {
            String bound = "minimum " + name + " usage per " + type + " is " + min.text(name);
            if (!requests.has(name)) {
                broken.add(bound + ".  No request is specified");
            } else if (less(requests, min, name)) {
                broken.add(bound + ", but request is " + requests.text(name));
            } else if (limits.has(name) && less(limits, min, name)) {
                broken.add(bound + ", but limit is " + limits.text(name));
            }
        }
    }

    void atMost(ResourceList max, List<String> broken) {
        for (String name : max.names()) {
            String bound = "maximum " + name + " usage per " + type + " is " + max.text(name);
            if (!limits.has(name)) {
                broken.add(bound + ".  No limit is specified");
            } else if (less(max, limits, name)) {
                broken.add(bound + ", but limit is " + limits.text(name));
            } else if (less(max, requests, name)) {
                broken.add(bound + ", but request is " + requests.text(name));
            }
        }
    }

    void requestAtMost(ResourceList max, List<String> broken) {
        for (String name : max.names()) {
            String bound = "maximum " + name + " usage per " + type + " is " + max.text(name);
            if (!requests.has(name)) {
                broken.add(bound + ".  No request is specified");
            } else if (less(max, requests, name)) {
                broken.add(bound + ", but request is " + requests.text(name));
            }
        }
    }

    void ratio(ResourceList max, List<String> broken) {
        for (String name : max.names()) {
            String bound = name + " max limit to request ratio per " + type + " is " + max.text(name);
            if (requests.value(name).signum() == 0) {
                broken.add(bound + ", but no request is specified or request is 0");
            } else if (limits.value(name).signum() == 0) {
                broken.add(bound + ", but no limit is specified or limit is 0");
            } else {
                BigDecimal ratio = limits.value(name).divide(requests.value(name), MathContext.DECIMAL64);
                if (ratio.compareTo(max.value(name)) > 0) {
                    broken.add(bound + ", but provided ratio is "
                            + ratio.setScale(RATIO_DIGITS, RoundingMode.HALF_UP).toPlainString());
                }
            }
        }
    }

    private static boolean less(ResourceList one, ResourceList other, String name) {
        return one.value(name).compareTo(other.value(name)) < 0;
    }
}
