using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Operations;

/// <param name="Job">Only the runs of this job.</param>
/// <param name="Cursor">Where the page before ended.</param>
/// <param name="Take">How many.</param>
public sealed record ListJobRunsRequest(string? Job = null, string? Cursor = null, int Take = Page<JobRun>.Usual);

public sealed class ListJobRunsValidator : AbstractValidator<ListJobRunsRequest>
{
    public ListJobRunsValidator()
    {
        RuleFor(r => r.Job).MaximumLength(60);
        RuleFor(r => r.Take).InclusiveBetween(1, Page<JobRun>.Most);
    }
}

/// <summary>Lists the runs of jobs that did something or failed, newest first.</summary>
public sealed class ListJobRuns(OperationStore operations) : Endpoint<ListJobRunsRequest, Page<JobRun>>
{
    public override void Configure()
    {
        Get("/operations/jobs/runs");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<JobRun>>> RunAsync(ListJobRunsRequest request, CancellationToken ct)
    {
        var list = $"job-runs/{request.Job}";
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refused)
        {
            return before.Refusal!;
        }

        var rows = await operations.RunsAsync(request.Job, before.Value, request.Take + 1);
        return Page<JobRun>.Of(rows, request.Take, row => row, row => Cursor.Make(list, row.Id.ToString()));
    }
}
