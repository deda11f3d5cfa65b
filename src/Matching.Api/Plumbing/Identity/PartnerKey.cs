using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Matching.Api.Plumbing.Identity;

/// <summary>
/// The key of a partner: <c>mtp_</c>, eight letters by which people tell keys apart, and 256 random bits. It is shown once; what is kept is its hash, which
/// needs no salt because nobody guesses what it is of.
/// </summary>
public sealed class PartnerKey
{
    private const string Mark = "mtp_";
    private const string Scheme = "Bearer ";
    private const int PrefixLength = 12;
    private const int Length = PrefixLength + 1 + 43;

    private PartnerKey(string text) => Text = text;

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>What may be shown: <c>mtp_</c> and the eight letters.</summary>
    public string Prefix => Text[..PrefixLength];

    public static PartnerKey Make() => new(
        $"{Mark}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");

    /// <summary>The key in an Authorization header; null where there is something else or nothing.</summary>
    public static PartnerKey? Read(string? header) =>
        header is not null && header.StartsWith(Scheme + Mark, StringComparison.Ordinal) && header.Length == Scheme.Length + Length
            ? new PartnerKey(header[Scheme.Length..])
            : null;

    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Only the part that may be shown.</summary>
    public override string ToString() => Prefix;
}
