using Matching.Webhooks;

namespace Matching.Tests.Webhooks;

public class EventTypesTests
{
    [TestCase("*", true)]
    [TestCase("wish.*", true)]
    [TestCase("wish.needsInfo", true)]
    [TestCase("order.inService", true)]
    [TestCase("order.InService", false)]
    [TestCase("offer.*", false)]
    [TestCase("wish.", false)]
    public void A_type_is_known_by_its_name(string type, bool known) => Assert.That(EventTypes.IsKnown(type), Is.EqualTo(known));

    [TestCase("*", "order.draft", true)]
    [TestCase("wish.*", "wish.ordered", true)]
    [TestCase("wish.*", "order.draft", false)]
    [TestCase("wish.ordered", "wish.ordered", true)]
    [TestCase("wish.ordered", "wish.rejected", false)]
    public void Who_asked_for_it_is_told(string wanted, string type, bool told) => Assert.That(EventTypes.Want([wanted], type), Is.EqualTo(told));
}
