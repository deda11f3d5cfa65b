using Matching.Invariants;

namespace Matching.Api.Tests.Replay;

/// <summary>The check of what must always be true.</summary>
public sealed class InvariantCheckTests
{
    [Test]
    public async Task A_new_town_breaks_nothing()
    {
        await using var service = await Service.StartAsync();
        await World.CreateAsync(service);
        var findings = InvariantCheck.Run(service.DatabaseFile);
        Assert.That(findings.Broken, Is.Empty);
    }

    [Test]
    public async Task What_was_acknowledged_and_is_not_there_is_found()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        var lost = service.Ids.Next(IdKind.Wish);
        var broken = InvariantCheck.Run(service.DatabaseFile, [world.NorthStation.Id, lost]).Broken.Single();
        Assert.That((broken.Invariant, broken.Breaches), Is.EqualTo((9, new[] { lost.ToString() })));
    }
}
