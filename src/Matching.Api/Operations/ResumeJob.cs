using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Operations;

/// <param name="Name">As `GET /operations/jobs` names it.</param>
public sealed record ResumeJobRequest(string Name);

/// <summary>Lets a job that was stopped go on, on all nodes.</summary>
public sealed class ResumeJob(JobRunner jobs, JobPauseStore pauses, Database database) : Endpoint<ResumeJobRequest, Done>
{
    public override void Configure()
    {
        Post("/operations/jobs/{name}/resume");
        Allow(Role.PlatformAdmin);
        Refuses(Refusals.JobUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(ResumeJobRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (jobs.Kinds.All(kind => kind.Name != request.Name))
            {
                return Refusals.JobUnknown;
            }

            await pauses.ResumeAsync(tx, request.Name);
            return Done.It;
        },
        ct);
}
