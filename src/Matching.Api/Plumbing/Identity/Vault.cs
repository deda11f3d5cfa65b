using System.Security.Cryptography;
using System.Text;
using Matching.Accounts;

namespace Matching.Api.Plumbing.Identity;

/// <summary>Keys of the vault. The first key seals; all of them open.</summary>
public sealed record VaultSettings
{
    /// <summary>Id and 32 bytes in base64 of each encryption key, newest first.</summary>
    public IReadOnlyList<VaultKey> Keys { get; init; } = [];

    /// <summary>32 bytes in base64; hashes for look-up (phones, id numbers) are keyed with it.</summary>
    public string LookupKey { get; init; } = "";

    /// <summary>Version of the lookup key, stored beside each hash that must be rebuilt when it changes.</summary>
    public int LookupVersion { get; init; } = 1;
}

/// <summary>One encryption key.</summary>
public sealed record VaultKey
{
    public string Id { get; init; } = "";

    public string Secret { get; init; } = "";
}

/// <summary>
/// Seals what must not be read from a stolen database: AES-256-GCM, a fresh 96-bit nonce each time, the key's id in the value
/// (<c>keyId.base64(nonce, tag, text)</c>). Hashes for look-up have a key of their own.
/// </summary>
public sealed class Vault
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Dictionary<string, byte[]> _keys;
    private readonly string _current;
    private readonly byte[] _lookupKey;

    public Vault(VaultSettings settings)
    {
        _keys = settings.Keys.ToDictionary(key => key.Id, key => Convert.FromBase64String(key.Secret));
        _current = settings.Keys[0].Id;
        _lookupKey = Convert.FromBase64String(settings.LookupKey);
        LookupVersion = settings.LookupVersion;
    }

    public int LookupVersion { get; }

    /// <summary>True when the value was sealed with the key that seals now.</summary>
    public bool IsCurrent(string sealedValue) => sealedValue.StartsWith(_current + ".", StringComparison.Ordinal);

    public string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var output = new byte[NonceSize + TagSize + plain.Length];
        var nonce = output.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[_current], TagSize);
        aes.Encrypt(nonce, plain, output.AsSpan(NonceSize + TagSize), output.AsSpan(NonceSize, TagSize));
        return $"{_current}.{Convert.ToBase64String(output)}";
    }

    public string? SealIfAny(string? text) => text is null ? null : Seal(text);

    public string Open(string sealedValue)
    {
        var dot = sealedValue.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !_keys.TryGetValue(sealedValue[..dot], out var key))
        {
            throw new CryptographicException("The value was sealed with a key that is not set (Vault:Keys).");
        }

        var input = Convert.FromBase64String(sealedValue[(dot + 1)..]);
        var plain = new byte[input.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(input.AsSpan(0, NonceSize), input.AsSpan(NonceSize + TagSize), input.AsSpan(NonceSize, TagSize), plain);
        return Encoding.UTF8.GetString(plain);
    }

    public string? OpenIfAny(string? sealedValue) => sealedValue is null ? null : Open(sealedValue);

    /// <summary>32 bytes by which an equal text is found again. The purpose keeps a phone's hash from matching an id number's.</summary>
    public byte[] LookupHash(string purpose, string text) => HMACSHA256.HashData(_lookupKey, Encoding.UTF8.GetBytes($"{purpose}\n{text}"));

    /// <summary>By which accounts and residents with this number are found.</summary>
    public byte[] PhoneHash(PhoneNumber phone) => LookupHash("phone", phone.Text);

    public string Seal(PhoneNumber phone) => Seal(phone.Text);

    /// <summary>A sealed number for people to recognise: 138****5678.</summary>
    public string? MaskIfAny(string? sealedPhone) => PhoneNumber.TryParse(OpenIfAny(sealedPhone), out var phone) ? phone.Masked : null;
}
