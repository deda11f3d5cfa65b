namespace Matching.TestPartner;

/// <summary>The command line. 0: both sides agree; 1: they do not; 2: an option cannot be read; 3: it could not go on.</summary>
internal static class CommandLine
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var result = await Run.RunAsync(Options.Parse(arguments), Console.WriteLine);
            Console.WriteLine(result);
            return result.IsGood ? 0 : 1;
        }
        catch (OptionException problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Message}\n\n{Options.Usage}");
            return 2;
        }
        catch (Exception problem) when (problem is Town.StuckException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 3;
        }
    }
}
