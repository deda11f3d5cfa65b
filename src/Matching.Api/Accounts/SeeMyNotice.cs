using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>The notice that was seen.</summary>
public sealed record SeeMyNoticeRequest(Id NoticeId);

/// <summary>Marks a notice as seen; once is enough, twice does no harm.</summary>
public sealed class SeeMyNotice(Database database, NoticeStore notices, Caller caller) : Endpoint<SeeMyNoticeRequest, Notice>
{
    public override void Configure()
    {
        Post("/me/notices/{noticeId}/seen");
        AllowAnyAccount();
        Refuses(Refusals.NoticeUnknown);
    }

    protected override Task<Outcome<Notice>> RunAsync(SeeMyNoticeRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Notice>>(
        async tx => await notices.SeeAsync(tx, caller.AccountId, request.NoticeId) is { } row ? row.Show(Languages.Of(Web.Request)) : Refusals.NoticeUnknown, ct);
}
