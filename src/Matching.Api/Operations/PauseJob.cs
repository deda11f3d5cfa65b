using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Operations;

/// <param name="Name">As `GET /operations/jobs` names it.</param>
public sealed record PauseJobRequest(string Name);

/// <summary>Stops a job on all nodes, within a second, until it is resumed. What is due stays due; it can still be run by hand.</summary>
public sealed class PauseJob(JobRunner jobs, JobPauseStore pauses, Database database, Caller caller) : Endpoint<PauseJobRequest, Done>
{
    public override void Configure()
    {
        Post("/operations/jobs/{name}/pause");
        // The jobs are everybody's, so no single center stops them.
        Allow(Role.PlatformAdmin);
        Refuses(Refusals.JobUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(PauseJobRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (jobs.Kinds.All(kind => kind.Name != request.Name))
            {
                return Refusals.JobUnknown;
            }

            await pauses.PauseAsync(tx, request.Name, caller.AccountId);
            return Done.It;
        },
        ct);
}
