import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Is this delivery from Matching, fresh, and not one that was taken before? Java 11 and later, nothing to add. */
public final class Verify {
    private static final long TOLERANCE = 300; // seconds, both ways

    /** Answer 400. Its message is forged, late or malformed. */
    public static final class Refused extends Exception {
        Refused(String why) {
            super(why);
        }
    }

    /**
     * True: take it, and keep its webhook-id in the transaction in which you do. False: you have it already; answer 200 and do nothing.
     *
     * @param secrets every whsec_… that holds, two of them while one is being changed
     * @param headers names in small letters
     * @param body    the bytes as they came, before anything reads them
     * @param seen    says of a webhook-id whether you have taken it
     */
    public static boolean verify(List<String> secrets, Map<String, String> headers, byte[] body, Predicate<String> seen, Instant now)
            throws Refused, GeneralSecurityException {
        String id = headers.getOrDefault("webhook-id", "");
        String stamp = headers.getOrDefault("webhook-timestamp", "");
        if (id.isEmpty() || !stamp.matches("[0-9]{1,12}")) {
            throw new Refused("malformed");
        }

        boolean isOurs = false;
        for (String secret : secrets) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            mac.update((id + "." + stamp + ".").getBytes(StandardCharsets.UTF_8));
            byte[] mine = mac.doFinal(body);
            for (byte[] theirs : read(headers.getOrDefault("webhook-signature", ""))) {
                isOurs |= MessageDigest.isEqual(mine, theirs);
            }
        }

        if (!isOurs) {
            throw new Refused("forged");
        }

        if (Math.abs(now.getEpochSecond() - Long.parseLong(stamp)) > TOLERANCE) {
            throw new Refused("late");
        }

        return !seen.test(id);
    }

    private static List<byte[]> read(String signatures) {
        List<byte[]> all = new ArrayList<>();
        for (String one : signatures.split(" ")) {
            if (one.startsWith("v1,")) {
                try {
                    all.add(Base64.getDecoder().decode(one.substring("v1,".length())));
                } catch (IllegalArgumentException notBase64) {
                    // Then it is none of ours.
                }
            }
        }

        return all;
    }

    public static void main(String[] arguments) throws Exception {
        HashSet<String> taken = new HashSet<>();
        List<String> lines = Files.readAllLines(Path.of(arguments[0]));
        for (String line : lines.subList(1, lines.size())) {
            String[] cell = line.split("\t", -1);
            Map<String, String> headers = Map.of("webhook-id", cell[3], "webhook-timestamp", cell[4], "webhook-signature", cell[5]);
            String verdict;
            try {
                boolean isNew = verify(
                        List.of(cell[2].split(" ")), headers, Base64.getDecoder().decode(cell[6]), taken::contains, Instant.ofEpochSecond(Long.parseLong(cell[1])));
                verdict = isNew ? "taken" : "again";
                taken.add(cell[3]);
            } catch (Refused why) {
                verdict = why.getMessage();
            }

            System.out.println(cell[0] + "\t" + verdict);
        }
    }
}
