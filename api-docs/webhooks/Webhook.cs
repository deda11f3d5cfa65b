using System.Security.Cryptography;
using System.Text;

namespace Matching.Samples;

/// <summary>Why a delivery is not taken: answer 400.</summary>
public enum WebhookRefusal
{
    None,
    Malformed,
    Forged,
    Late,
}

/// <summary>Is this delivery from Matching, fresh, and not one that was taken before? .NET 8 and later, nothing to add.</summary>
public static class Webhook
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>
    /// New: take it, and keep its webhook-id in the transaction in which you do. Not new: you have it already; answer 200 and do nothing.
    /// </summary>
    /// <param name="secrets">Every whsec_… that holds, two of them while one is being changed.</param>
    /// <param name="header">Gives a header by its name; null where there is none.</param>
    /// <param name="body">The bytes as they came, before anything reads them.</param>
    /// <param name="seen">Says of a webhook-id whether you have taken it.</param>
    public static (bool IsNew, WebhookRefusal Refusal) Verify(
        IEnumerable<string> secrets, Func<string, string?> header, ReadOnlySpan<byte> body, Func<string, bool> seen, DateTimeOffset now)
    {
        var id = header("webhook-id") ?? "";
        var stamp = header("webhook-timestamp") ?? "";
        if (id.Length == 0 || stamp.Length is 0 or > 12 || !stamp.All(char.IsAsciiDigit))
        {
            return (false, WebhookRefusal.Malformed);
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{stamp}."), .. body];
        var expected = secrets.Select(secret => HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)).ToList();
        if (!Read(header("webhook-signature") ?? "").Any(theirs => expected.Any(mine => CryptographicOperations.FixedTimeEquals(mine, theirs))))
        {
            return (false, WebhookRefusal.Forged);
        }

        return (now - DateTimeOffset.FromUnixTimeSeconds(long.Parse(stamp))).Duration() > Tolerance ? (false, WebhookRefusal.Late) : (!seen(id), WebhookRefusal.None);
    }

    private static IEnumerable<byte[]> Read(string signatures)
    {
        foreach (var one in signatures.Split(' ').Where(one => one.StartsWith("v1,", StringComparison.Ordinal)))
        {
            var bytes = new byte[64];
            if (Convert.TryFromBase64String(one["v1,".Length..], bytes, out var length))
            {
                yield return bytes[..length];
            }
        }
    }
}
