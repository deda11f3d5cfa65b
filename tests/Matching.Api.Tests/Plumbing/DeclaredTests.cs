using Matching.Api.Plumbing.Http;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The stand before the service that knows which no each deed may say.</summary>
public class DeclaredTests
{
    private static readonly Deed AcceptOffer = Deeds.All.Single(deed => deed.Name == "AcceptOffer");

    [Test]
    public void A_code_that_its_deed_declares_or_that_all_share_passes()
    {
        Assert.That(Declared.Missing(AcceptOffer, Saying("seat_taken")), Is.Empty);
        Assert.That(Declared.Missing(AcceptOffer, Saying("sign_in_needed")), Is.Empty);
        Assert.That(Declared.Missing(AcceptOffer, Saying("field_too_long", "note")), Is.Empty);
    }

    [Test]
    public void A_code_of_another_deed_is_found_also_among_several() =>
        Assert.That(Declared.Missing(AcceptOffer, Saying("field_too_long", "phone_invalid")), Does.Contain("phone_invalid"));

    private static Problem Saying(string code, params string[] others) =>
        new("", "", 409, "", code, null, [.. others.Where(other => other.Contains('_')).Select(other => new ProblemField("", other, ""))], "");
}
