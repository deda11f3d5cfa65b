using System.Security.Cryptography;

namespace Matching.Api.Orders;

/// <summary>What the resident tells the volunteer at the door, or has on paper: six digits, easy to say on the phone.</summary>
public static class ServiceCode
{
    public const int Length = 6;

    public static string New() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>In equal time for every wrong code.</summary>
    public static bool Matches(string code, string given) => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(code), System.Text.Encoding.UTF8.GetBytes(given.Trim()));
}
