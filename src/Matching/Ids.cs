using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Matching;

/// <summary>What an id names. The number is stored in the id's last byte, so it never changes its meaning.</summary>
public enum IdKind : byte
{
    None = 0,
    Account = 1,
    Hat = 2,
    Site = 3,
    Volunteer = 4,
    Team = 5,
    Resident = 6,
    Skill = 7,
    Qualification = 8,
    MenuItem = 9,
    Wish = 10,
    Meeting = 11,
    Order = 12,
    Round = 13,
    Offer = 14,
    Assignment = 15,
    Escalation = 16,
    Attendance = 17,
    HoursEntry = 18,
    StarGrant = 19,
    Rating = 20,
    Pairing = 21,
    Bulletin = 22,
    ModeActivation = 23,
    Transition = 24,
    Outbox = 25,
    JobRun = 26,
    Reveal = 27,
    Session = 28,
    Code = 29,
    Policy = 30,
    Change = 31,
    MatchRun = 32,
    HeldQualification = 33,
    Notice = 34,
    HoursApproval = 35,
    Dispute = 36,
    CommitMark = 37,
    Node = 38,
    RingKey = 39,
    Import = 40,
    Partner = 41,
    PartnerKey = 42,
    Webhook = 43,
    Delivery = 44,
    WeChatIdentity = 45,
    Message = 46,
}

/// <summary>
/// 128 bits: 48 of Unix milliseconds, 72 that grow within the process (random at the start of each millisecond), 8 of kind.
/// Compared, stored (16 bytes, big-endian) and written in one and the same order. On the wire: a prefix and 26 base-32 characters.
/// </summary>
public readonly record struct Id : IComparable<Id>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly string[] Prefixes =
    [
        "nil", "acc", "hat", "sit", "vol", "tea", "res", "ski", "qua", "mnu", "wsh", "mtg", "ord", "rnd", "off", "asg",
        "esc", "att", "hrs", "sta", "rat", "pai", "bul", "mod", "trn", "out", "job", "rev", "ses", "cod", "pol", "chg", "run", "hqu", "ntc", "hap", "dis",
        "com", "nod", "key", "imp", "par", "pky", "whk", "dlv", "wxi", "msg",
    ];

    private readonly UInt128 _bits;

    private Id(UInt128 bits) => _bits = bits;

    /// <summary>The id of nothing. What cannot be read as an id is read as this, and is then unknown like any other.</summary>
    public static Id None => default;

    public IdKind Kind => (IdKind)(byte)_bits;

    public bool IsNone => _bits == UInt128.Zero;

    public static bool operator <(Id left, Id right) => left._bits < right._bits;

    public static bool operator >(Id left, Id right) => left._bits > right._bits;

    public static bool operator <=(Id left, Id right) => left._bits <= right._bits;

    public static bool operator >=(Id left, Id right) => left._bits >= right._bits;

    public static Id From(UInt128 bits) => new(bits);

    /// <summary>Not above any id that was made at this time or later, and above all that were made more than a millisecond before.</summary>
    public static Id FirstAt(DateTimeOffset instant) => new((UInt128)(ulong)instant.ToUnixTimeMilliseconds() << 80);

    public static Id FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Reads <c>ord_01J…</c>. False when it is not exactly what <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Id id)
    {
        id = None;
        if (text is null || text.Length != 30 || text[3] != '_')
        {
            return false;
        }

        UInt128 bits = 0;
        for (var i = 4; i < text.Length; i++)
        {
            var digit = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (digit < 0 || (i == 4 && digit > 7))
            {
                return false;
            }

            bits = (bits << 5) | (uint)digit;
        }

        var read = new Id(bits);
        if ((int)read.Kind >= Prefixes.Length || !text.AsSpan(0, 3).SequenceEqual(Prefixes[(int)read.Kind]))
        {
            return false;
        }

        id = read;
        return true;
    }

    /// <summary>Reads an id; anything else becomes <see cref="None"/>, which nothing carries.</summary>
    public static Id ParseOrNone(string? text) => TryParse(text, out var id) ? id : None;

    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _bits);
        return bytes;
    }

    public UInt128 ToBits() => _bits;

    public int CompareTo(Id other) => _bits.CompareTo(other._bits);

    public override string ToString() => string.Create(30, this, static (span, id) =>
    {
        var kind = (int)id.Kind;
        Prefixes[kind < Prefixes.Length ? kind : 0].CopyTo(span);
        span[3] = '_';
        var bits = id._bits;
        for (var i = 29; i > 3; i--)
        {
            span[i] = Alphabet[(int)(uint)(bits & 31)];
            bits >>= 5;
        }
    });
}

/// <summary>Makes ids. Each is greater than every id made before it in this process, whatever the clock does.</summary>
public sealed class Ids(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private UInt128 _last;

    public Id Next(IdKind kind)
    {
        var fresh = (UInt128)(ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() << 72;
        lock (_gate)
        {
            // A new millisecond starts at a random place in the lower half of its 72 bits; within it we count.
            _last = fresh > _last ? fresh | Random71() : _last + 1;
            return Id.From((_last << 8) | (byte)kind);
        }
    }

    private static UInt128 Random71()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[7..]);
        bytes[7] &= 0x7F;
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
