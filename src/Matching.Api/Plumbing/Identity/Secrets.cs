using System.Text;

namespace Matching.Api.Plumbing.Identity;

/// <summary>Outside Development the service starts only with secrets of its own, and says which setting is missing.</summary>
public static class Secrets
{
    /// <summary>Part of every secret in appsettings.Development.json, so that none of them can be carried into production unnoticed.</summary>
    private const string DemoMark = "demo";

    public static void Check(VaultSettings vault, TokenSettings tokens, bool development)
    {
        var problems = Problems(vault, tokens, development).ToList();
        if (problems.Count > 0)
        {
            throw new SettingsException("The service does not start:\n" + string.Join("\n", problems.Select(p => "  - " + p)));
        }
    }

    private static IEnumerable<string> Problems(VaultSettings vault, TokenSettings tokens, bool development)
    {
        if (tokens.Keys.Count == 0 || tokens.Keys.Any(key => key.Secret.Length < 32))
        {
            yield return "Tokens:Keys:0:Id and Tokens:Keys:0:Secret (32 characters or more) sign the access tokens; set them.";
        }

        if (vault.Keys.Count == 0 || vault.Keys.Any(key => !IsKey(key.Secret) || key.Id.Length is 0 or > 20 || key.Id.Contains('.')))
        {
            yield return "Vault:Keys:0:Id and Vault:Keys:0:Secret (32 bytes in base64) encrypt personal data; set them.";
        }

        if (!IsKey(vault.LookupKey))
        {
            yield return "Vault:LookupKey (32 bytes in base64) keys the look-up hashes of phones and id numbers; set it.";
        }

        if (development)
        {
            yield break;
        }

        foreach (var (setting, id) in tokens.Keys.Select((k, i) => ($"Tokens:Keys:{i}", k.Id)).Concat(vault.Keys.Select((k, i) => ($"Vault:Keys:{i}", k.Id))))
        {
            if (id.StartsWith(DemoMark, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{setting} is the demo key; set one of your own.";
            }
        }

        if (IsKey(vault.LookupKey) && Encoding.ASCII.GetString(Convert.FromBase64String(vault.LookupKey)).Contains(DemoMark, StringComparison.OrdinalIgnoreCase))
        {
            yield return "Vault:LookupKey is the demo key; set one of your own.";
        }

        foreach (var (setting, secret) in tokens.Keys.Select((k, i) => ($"Tokens:Keys:{i}:Secret", k.Secret)))
        {
            if (secret.Contains(DemoMark, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{setting} is a demo value; set one of your own.";
            }
        }
    }

    private static bool IsKey(string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(text, bytes, out var written) && written == 32;
    }
}

/// <summary>A setting is missing or wrong; the message says which.</summary>
public sealed class SettingsException(string message) : Exception(message);
