using Matching.Api.Plumbing.Identity;
using Matching.Api.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Matching.Api.Tests.Webhooks;

/// <summary>What helps to try things out is for trying things out.</summary>
public class WebhookSettingsTests
{
    [TestCase("AllowPrivate", "true")]
    [TestCase("Haste", "20")]
    public void Outside_of_Development_nobody_is_called_at_home_or_in_haste(string name, string value)
    {
        var configuration = With(name, value);

        Assert.That(() => WebhookSettings.From(configuration, development: true), Throws.Nothing);
        Assert.That(() => WebhookSettings.From(configuration, development: false), Throws.TypeOf<SettingsException>().With.Message.Contains("Webhooks:" + name));
    }

    [Test]
    public void A_pause_is_never_made_longer_by_haste() =>
        Assert.That(() => WebhookSettings.From(With("Haste", "0"), development: true), Throws.TypeOf<SettingsException>());

    [Test]
    public void What_every_receiver_may_rely_on_is_taken_anywhere() => Assert.That(() => WebhookSettings.From(With("Timeout", "00:00:10"), development: false), Throws.Nothing);

    private static IConfiguration With(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create($"Webhooks:{name}", (string?)value)]).Build();
}
