namespace Matching.Tests;

public class RefusalTests
{
    [Test]
    public void Every_refusal_has_a_plain_code_and_a_sentence_in_both_languages()
    {
        foreach (var (code, refusal) in Refusals.ByCode)
        {
            Assert.That(code, Does.Match("^[a-z]+[a-z0-9]*(_[a-z0-9]+)*$"));
            Assert.That(refusal.Zh, Does.EndWith("。").And.Match(@"\p{IsCJKUnifiedIdeographs}"), code);
            Assert.That(refusal.En, Does.EndWith(".").And.Match("^[A-Z]"), code);
        }
    }
}
