using System.Text;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Outside Development nothing starts on secrets that others know.</summary>
public class SecretsTests
{
    private static readonly TokenSettings GoodTokens = new() { Keys = [new VaultKey { Id = "2026-1", Secret = new string('k', 40) }] };

    private static readonly VaultSettings GoodVault = new()
    {
        Keys = [new VaultKey { Id = "2026-1", Secret = Key("a key of the vault, 32 bytes long") }],
        LookupKey = Key("a key for looking up, 32 bytes l."),
    };

    [Test]
    public void Secrets_of_ones_own_are_taken() => Assert.That(() => Secrets.Check(GoodVault, GoodTokens, development: false), Throws.Nothing);

    [Test]
    public void What_is_missing_is_named_by_its_setting() => Assert.That(
        () => Secrets.Check(new VaultSettings(), new TokenSettings(), development: false),
        Throws.TypeOf<SettingsException>().With.Message.Contains("Tokens:Keys:0:Secret").And.Message.Contains("Vault:Keys:0:Secret")
            .And.Message.Contains("Vault:LookupKey"));

    [Test]
    public void A_demo_value_serves_in_Development_only()
    {
        var tokens = new TokenSettings { Keys = [new VaultKey { Id = "2026-1", Secret = "demo-token-key-not-for-real-use-at-all" }] };

        Assert.That(() => Secrets.Check(GoodVault, tokens, development: true), Throws.Nothing);
        Assert.That(() => Secrets.Check(GoodVault, tokens, development: false), Throws.TypeOf<SettingsException>().With.Message.Contains("Tokens:Keys:0:Secret"));
    }

    [Test]
    public void A_demo_lookup_key_and_a_demo_vault_key_do_not_slip_through()
    {
        var lookup = GoodVault with { LookupKey = Key("demo-lookup-key-not-for-real-use") };
        var key = GoodVault with { Keys = [new VaultKey { Id = "demo-1", Secret = GoodVault.Keys[0].Secret }] };

        Assert.That(() => Secrets.Check(lookup, GoodTokens, development: false), Throws.TypeOf<SettingsException>().With.Message.Contains("Vault:LookupKey"));
        Assert.That(() => Secrets.Check(key, GoodTokens, development: false), Throws.TypeOf<SettingsException>().With.Message.Contains("Vault:Keys:0"));
    }

    private static string Key(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text.PadRight(32)[..32]));
}
