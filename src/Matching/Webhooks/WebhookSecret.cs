using System.Security.Cryptography;
using System.Text;

namespace Matching.Webhooks;

/// <summary>A secret after the Standard Webhooks specification (<c>whsec_</c> and 32 bytes in base64), and the signatures made with it.</summary>
public static class WebhookSecret
{
    private const string Mark = "whsec_";

    public static string Make() => Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary><c>v1,</c> and the HMAC-SHA256 of id, seconds since 1970 and body.</summary>
    public static string Sign(string secret, string id, long timestamp, string body)
    {
        var key = Convert.FromBase64String(secret[Mark.Length..]);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
    }
}
