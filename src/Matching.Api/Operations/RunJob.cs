using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Operations;

/// <param name="Name">As `GET /operations/jobs` names it.</param>
public sealed record RunJobRequest(string Name);

/// <summary>What the run did.</summary>
/// <param name="RowsDone">How many rows.</param>
public sealed record RunJobResponse(int RowsDone);

/// <summary>Runs a job now, in the process that answers, until it finds nothing more to do. Harmless at any time: it does only what is due.</summary>
public sealed class RunJob(JobRunner jobs) : Endpoint<RunJobRequest, RunJobResponse>
{
    public override void Configure()
    {
        Post("/operations/jobs/{name}/run");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.JobUnknown);
        // A job's rows settle what was done; the second run finds nothing.
        NeverKeepAnswer();
    }

    protected override async Task<Outcome<RunJobResponse>> RunAsync(RunJobRequest request, CancellationToken ct)
    {
        if (jobs.Kinds.FirstOrDefault(kind => kind.Name == request.Name) is not { } kind)
        {
            return Refusals.JobUnknown;
        }

        return new RunJobResponse(await jobs.RunAsync(kind.Type, ct, byHand: true));
    }
}
