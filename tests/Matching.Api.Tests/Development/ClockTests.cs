namespace Matching.Api.Tests.Development;

public class ClockTests
{
    [Test]
    public async Task The_field_clock_stands_where_it_was_put_also_after_a_restart()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.AsNobody().PostAsync("/development/clock", new { at = "2026-05-01T08:00:00+08:00" });
        Assert.That((string?)answer.Yes()["now"], Is.EqualTo("2026-05-01T00:00:00Z"));

        using var second = new Service(service.Shared);
        var now = await second.AsNobody().AskAsync(HttpMethod.Get, "/development/clock");
        Assert.That((string?)now.Yes()["now"], Is.EqualTo("2026-05-01T00:00:00Z"));
    }
}
