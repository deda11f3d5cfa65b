namespace Matching.Api.Tests.Plumbing;

public sealed class SentTests
{
    [TestCase("SELECT id FROM sites WHERE name = @Name")]
    [TestCase("SELECT id FROM volunteers WHERE id IN (@Ids1,@Ids2)")]
    public void A_text_that_stands_in_no_constant_is_found(string text) => Assert.That(Sent.Unlisted([text]), Is.Not.Empty);

    [TestCase("SELECT volunteer_id, skill_id, level FROM volunteer_skills WHERE volunteer_id IN (@Ids1,@Ids2,@Ids3) ORDER BY volunteer_id, skill_id")]
    [TestCase("SELECT volunteer_id, skill_id, level FROM volunteer_skills WHERE volunteer_id IN (SELECT @Ids WHERE 1 = 0) ORDER BY volunteer_id, skill_id")]
    [TestCase("BEGIN IMMEDIATE;")]
    public void A_list_of_any_length_and_the_bounds_of_a_transaction_are_known(string text) => Assert.That(Sent.Unlisted([text]), Is.Empty);

    [Test]
    public async Task What_the_service_sends_is_heard()
    {
        await using var service = await Service.StartAsync();
        Assert.That(Sent.HasHeard("CREATE TABLE") && Sent.HasHeard("BEGIN"));
    }
}
