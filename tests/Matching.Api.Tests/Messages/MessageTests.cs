using Matching.Accounts;
using Matching.Api.Messages;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Accounts;
using Matching.Api.WeChat;
using Matching.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Messages;

/// <summary>How people hear of it outside of the app: by WeChat while they let us, else by a short message, else somebody hears that they do not.</summary>
public class MessageTests
{
    private const string OfOffer = "服务邀约，请";
    private const string OfQuestion = "有一个问题";

    private static readonly Sql<Nothing, IdOf> TextsKept = new("SELECT id FROM messages WHERE text_sealed IS NOT NULL ORDER BY id");

    private MessageWorld _world = null!;

    private Service Service => _world.Service;

    [SetUp]
    public async Task Start() => _world = await MessageWorld.CreateAsync();

    [TearDown]
    public async Task Stop() => await _world.DisposeAsync();

    [Test]
    public async Task A_code_goes_to_the_phone_and_is_kept_no_longer_than_that()
    {
        var code = await Service.CodeAsync("13800000001");
        await Service.SettleAsync();

        var sent = _world.Sms().Single();
        Assert.That((string?)sent["phone"], Is.EqualTo("+8613800000001"));
        Assert.That((string?)sent["text"], Does.Contain(code));
        Assert.That(await Service.Database.ListAsync(TextsKept, Nothing.It), Is.Empty);
    }

    [Test]
    public async Task An_offer_goes_by_WeChat_while_it_is_allowed_and_then_by_a_short_message()
    {
        await _world.VolunteerAsync("13800000002", allowed: 1);

        await _world.OfferAsync();
        await _world.OfferAsync();

        var sent = _world.WeChat.Sent.Single();
        Assert.That(((string?)sent["touser"], (string?)sent["template_id"], (string?)sent["miniprogram_state"]), Is.EqualTo(("open-13800000002", "tmpl-offer", "formal")));
        Assert.That((string?)sent["page"], Does.StartWith("pages/offer/offer?id=off_"));
        Assert.That((string?)sent["data"]!["thing1"]!["value"], Is.EqualTo("新的服务邀约"));
        Assert.That((string?)sent["data"]!["time2"]!["value"], Is.EqualTo("2026年5月8日 09:00"));
        Assert.That(_world.Sms(OfOffer).Select(sms => (string?)sms["phone"]), Is.EqualTo(new[] { "+8613800000002" }));
        Assert.That(sent.ToJsonString() + _world.Sms(OfOffer).Single().ToJsonString(), Does.Not.Contain("陈桂香").And.Not.Contain("3 栋").And.Not.Contain("客厅"));
    }

    [Test]
    public void Every_title_fits_into_a_field_of_WeChat()
    {
        Assert.That(MessageWords.Topics.Where(topic => MessageWords.Title(topic)!.Length > MessageWords.LongestTitle), Is.Empty);
    }

    [Test]
    public async Task Whoever_took_it_back_at_WeChat_gets_a_short_message_and_our_books_say_so()
    {
        var she = await _world.VolunteerAsync("13800000003", allowed: 3);
        _world.WeChat.Allowed["open-13800000003"] = 0;

        await _world.OfferAsync();

        Assert.That(_world.WeChat.Sent, Is.Empty);
        Assert.That(_world.Sms(OfOffer), Has.Count.EqualTo(1));
        Assert.That(await _world.LeftAsync(she), Is.Zero);
    }

    [Test]
    public async Task Of_two_who_share_a_phone_the_one_who_allows_it_gets_it()
    {
        var she = await _world.VolunteerAsync("13800000004", allowed: 1);
        _world.WeChat.Logins["his"] = "open-his";
        _world.WeChat.Phones["his"] = "13800000004";
        (await Service.TokensAsync(new { grant = "weChat", weChatCode = "his", weChatPhoneCode = "his" })).Yes();
        _world.WeChat.Allowed["open-13800000004"] = 0;
        _world.WeChat.Allowed["open-his"] = 1;
        await _world.AllowAsync(she);

        await _world.OfferAsync();

        Assert.That(_world.WeChat.Sent.Select(sent => (string?)sent["touser"]), Is.EqualTo(new[] { "open-his" }));
        Assert.That(_world.Sms(OfOffer), Is.Empty);
    }

    [TestCase(-1)]
    [TestCase(45009)]
    [TestCase(45011)]
    [TestCase(43108)]
    public async Task While_WeChat_is_busy_the_message_waits_and_goes_out_later_on_the_same_allowance(int error)
    {
        var she = await _world.VolunteerAsync("13800000005", allowed: 2);
        _world.WeChat.Error = error;
        await _world.OfferAsync();
        Assert.That((_world.WeChat.Sent.Count, _world.Sms(OfOffer).Count), Is.EqualTo((0, 0)));

        _world.WeChat.Error = 0;
        await LaterAsync(TimeSpan.FromSeconds(30));

        Assert.That((_world.WeChat.Sent.Count, _world.Sms(OfOffer).Count), Is.EqualTo((1, 0)));
        Assert.That(await _world.LeftAsync(she), Is.EqualTo(1));
    }

    [Test]
    public async Task A_WeChat_that_stays_busy_for_half_a_minute_is_not_waited_for()
    {
        var she = await _world.VolunteerAsync("13800000006", allowed: 1);
        _world.WeChat.Error = -1;
        await _world.OfferAsync();

        await LaterAsync(TimeSpan.FromSeconds(10));
        Assert.That(_world.Sms(OfOffer), Is.Empty);
        await LaterAsync(TimeSpan.FromSeconds(20));

        Assert.That(_world.Sms(OfOffer), Has.Count.EqualTo(1));
        Assert.That(await _world.LeftAsync(she), Is.EqualTo(1), "it was not used up");
    }

    [TestCase(40003)]
    [TestCase(40037)]
    [TestCase(43107)]
    [TestCase(47003)]
    public async Task What_WeChat_does_not_take_goes_as_a_short_message_at_once_and_uses_up_nothing(int error)
    {
        var she = await _world.VolunteerAsync("13800000007", allowed: 1);
        _world.WeChat.Error = error;

        await _world.OfferAsync();

        Assert.That(_world.Sms(OfOffer), Has.Count.EqualTo(1));
        Assert.That(await _world.LeftAsync(she), Is.EqualTo(1));
    }

    [TestCase(40001)]
    [TestCase(40014)]
    [TestCase(42001)]
    public async Task A_token_that_is_over_is_replaced_and_the_message_goes_out(int stale)
    {
        await _world.VolunteerAsync("13800000008", allowed: 1);
        _world.WeChat.StaleError = stale;
        _world.WeChat.KillToken();

        await _world.OfferAsync();

        Assert.That(_world.WeChat.Sent, Has.Count.EqualTo(1));
        Assert.That(_world.WeChat.Tokens.Forced, Is.EqualTo(1));
    }

    [Test]
    public async Task One_that_dies_after_sending_leaves_it_to_another_who_sends_it_again_and_on_the_same_allowance()
    {
        var she = await _world.VolunteerAsync("13800000009", allowed: 3);
        _world.WeChat.Error = -1;
        var (_, offer) = await _world.OfferAsync();
        _world.WeChat.Error = 0;
        Service.Machine.Move(TimeSpan.FromSeconds(30));
        var (lease, taken) = await Messages.TakeAsync(20, CancellationToken.None);
        Assert.That(await Service.Services.GetRequiredService<WeChatCarrier>().SendAsync(taken.Single(), lease, isLast: false, CancellationToken.None), Is.EqualTo(Carried.Sent));

        await Service.SettleAsync();
        Assert.That((await Messages.TakeAsync(20, CancellationToken.None)).Messages, Is.Empty, "another holds the lease");
        Assert.That(_world.WeChat.Sent, Has.Count.EqualTo(1));
        await LaterAsync(MessageStore.Lease);
        await LaterAsync(MessageStore.Lease);

        Assert.That(_world.WeChat.Sent, Has.Count.EqualTo(2), "it cannot be known that it had been sent");
        Assert.That(await _world.LeftAsync(she), Is.EqualTo(2));
        Assert.That((await _world.MessagesAsync(offer)).Select(message => (message.State, message.Carrier)), Is.EqualTo(new[] { ("Sent", (Carrier?)Carrier.WeChat) }));
    }

    [Test]
    public async Task Whoever_comes_back_after_its_lease_settles_nothing_that_another_has_taken()
    {
        await Service.Database.WriteAsync(tx => Messages.AddCodeAsync(tx, PhoneNumber.Read("13800000010").Value, Service.Ids.Next(IdKind.Code), "验证码"), CancellationToken.None);
        var (late, taken) = await Messages.TakeAsync(20, CancellationToken.None);
        Service.Machine.Move(MessageStore.Lease);
        var (_, takenAgain) = await Messages.TakeAsync(20, CancellationToken.None);
        Assert.That(takenAgain.Select(message => message.Id), Is.EqualTo(new[] { taken.Single().Id }));

        var settled = await Service.Database.WriteAsync(
            tx => Messages.EndAsync(tx, taken.Single().Id, late, MessageState.Unreachable, null, null), CancellationToken.None);
        await LaterAsync(MessageStore.Lease);

        Assert.That(settled, Is.False);
        Assert.That(_world.Sms(), Has.Count.EqualTo(1));
        Assert.That((await _world.MessagesAsync(taken.Single().SubjectId.ToString())).Single().State, Is.EqualTo("Sent"));
    }

    [Test]
    public async Task Where_nobody_can_be_reached_the_station_hears_of_it()
    {
        await _world.VolunteerAsync(null);

        var (_, offer) = await _world.OfferAsync();

        Assert.That(await _world.World.ToldAsync(offer), Does.Contain("offer.undelivered"));
        Assert.That((await _world.MessagesAsync(offer)).Select(row => (row.Topic, row.State)), Is.EqualTo(new[] { ("offer.sent", "Unreachable") }));
    }

    [Test]
    public async Task A_captain_hears_of_it_before_the_station_does()
    {
        var captain = await _world.VolunteerAsync("13800000011");
        var she = await _world.VolunteerAsync(null);
        var team = await _world.TeamAsync(captain, she);

        var (order, _) = await _world.OfferAsync();

        var told = (await captain.Client.ReadAsync("/me/notices")).Yes()["items"]!.AsArray().Single(notice => (string?)notice!["topic"] == "offer.passOn")!;
        Assert.That(((string?)told["body"]!["volunteerId"], (string?)told["body"]!["teamId"], (string?)told["body"]!["orderId"]), Is.EqualTo((she.Id.ToString(), team, order)));
        Assert.That(_world.Sms("未能送达").Select(sms => (string?)sms["phone"]), Is.EqualTo(new[] { "+8613800000011" }));
        foreach (var offer in await _world.OffersAsync(order))
        {
            Assert.That(await _world.World.ToldAsync(offer), Does.Not.Contain("offer.undelivered"));
        }
    }

    [Test]
    public async Task Where_the_captain_hears_of_nothing_either_the_station_does()
    {
        var captain = await _world.VolunteerAsync(null);
        await _world.TeamAsync(captain, await _world.VolunteerAsync(null));

        var (order, _) = await _world.OfferAsync();

        var told = new List<string>();
        foreach (var offer in await _world.OffersAsync(order))
        {
            told.AddRange(await _world.World.ToldAsync(offer));
        }

        Assert.That(told.Count(topic => topic == "offer.passOn"), Is.EqualTo(1), "a captain is not told of herself");
        Assert.That(told, Does.Contain("offer.undelivered"));
    }

    [Test]
    public async Task Nobody_is_told_of_an_offer_that_is_over()
    {
        var she = await _world.VolunteerAsync("13800000012", allowed: 1);
        _world.WeChat.Error = -1;
        var (_, offer) = await _world.OfferAsync();
        (await she.Client.PostAsync($"/offers/{offer}/decline", new { reason = "time" })).Yes();

        _world.WeChat.Error = 0;
        await LaterAsync(TimeSpan.FromSeconds(30));

        Assert.That((_world.WeChat.Sent.Count, _world.Sms(OfOffer).Count), Is.EqualTo((0, 0)));
        Assert.That((await _world.MessagesAsync(offer)).Single().State, Is.EqualTo("Overtaken"));
        Assert.That(await _world.LeftAsync(she), Is.EqualTo(1));
    }

    [Test]
    public async Task What_comes_up_at_night_is_told_in_the_morning_and_not_dropped()
    {
        var hat = await _world.World.World.HatAsync(Role.Volunteer);
        await _world.GivePhoneAsync(hat.AccountId, "13800000013");
        await Service.AtAsync(Service.Friday.AddHours(14));
        var wish = await _world.World.Wishes.SubmitAsync();
        await _world.TellAsync("wish.question", Id.ParseOrNone(wish), _world.World.World.Center.Id, hat.AccountId);
        Assert.That(_world.Sms(OfQuestion), Is.Empty, "it is eleven at night");

        await Service.AtAsync(Service.Friday.AddHours(22.9));
        await Service.SettleAsync();
        Assert.That(_world.Sms(OfQuestion), Is.Empty, "it is just before eight");
        await Service.AtAsync(Service.Friday.AddHours(23.1));
        await Service.SettleAsync();
        Assert.That(_world.Sms(OfQuestion), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_is_urgent_rings_at_night()
    {
        var hat = await _world.World.World.HatAsync(Role.Volunteer);
        await _world.GivePhoneAsync(hat.AccountId, "13800000014");
        await Service.AtAsync(Service.Friday.AddHours(14));
        var words = Wishes.WishWorld.Words(residentId: _world.World.Wishes.ResidentId, urgency: "urgent");
        var wish = (string)(await _world.World.Wishes.Proxy.PostAsync("/wishes", words)).Yes()["id"]!;

        await _world.TellAsync("wish.question", Id.ParseOrNone(wish), _world.World.World.Center.Id, hat.AccountId);

        Assert.That(_world.Sms().Count(sms => (string?)sms["phone"] == "+8613800000014"), Is.EqualTo(1));
    }

    [Test]
    public async Task Allowances_are_for_topics_that_there_are_and_people_who_are_in_the_mini_program()
    {
        var outside = Service.As(await _world.World.World.HatAsync(Role.Resident));

        Assert.That((await outside.PostAsync("/me/wechat/allowances", new { topics = new[] { "offer.sent" } })).Code, Is.EqualTo("wechat_not_bound"));
        Assert.That((await outside.PostAsync("/me/wechat/allowances", new { topics = new[] { "offer.eaten" } })).Code, Is.EqualTo("wechat_topic_unknown"));
    }

    [Test]
    public async Task Whoever_dispatches_sees_by_what_an_offer_would_reach_each_and_nothing_more()
    {
        var allows = await _world.VolunteerAsync("13800000015", allowed: 1);
        var phoned = await _world.VolunteerAsync("13800000016", allowed: 0);
        var onlyInApp = await _world.VolunteerAsync("0744-8222222");
        var (order, _) = await _world.OfferAsync(wanted: 9);
        var late = await _world.VolunteerAsync("13800000017");

        Assert.That(await ReachedByAsync(order, late), Is.EqualTo("sms"));
        Assert.That(await ReachedByAsync(order, allows), Is.EqualTo("sms"), "the offer used up the only message that she had allowed");
        Assert.That(await ReachedByAsync(order, phoned), Is.EqualTo("sms"));
        Assert.That(await ReachedByAsync(order, onlyInApp), Is.EqualTo("inbox"), "no short message comes to a landline");
        await _world.AllowAsync(allows);
        Assert.That(await ReachedByAsync(order, allows), Is.EqualTo("weChat"));

        var candidates = (await _world.World.Center.ReadAsync($"/orders/{order}/candidates")).Yes();
        Assert.That(candidates["candidates"]!.AsArray().Select(one => ((string?)one!["volunteerId"], (string?)one["reachedBy"])), Is.EqualTo(new[] { (late.Id.ToString(), "sms") }));
        Assert.That(candidates.Text, Does.Not.Contain("1380000"));
    }

    private async Task<string?> ReachedByAsync(string order, Serving.Neighbour who) =>
        (string?)(await _world.World.Center.ReadAsync($"/orders/{order}/why-not/{who.Id}")).Yes()["reachedBy"];

    private MessageStore Messages => Service.Services.GetRequiredService<MessageStore>();

    private async Task LaterAsync(TimeSpan later)
    {
        Service.Machine.Move(later);
        await Service.SettleAsync();
    }

    private sealed record IdOf
    {
        public Id Id { get; init; }
    }
}
