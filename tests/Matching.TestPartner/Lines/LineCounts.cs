namespace Matching.TestPartner.Lines;

/// <summary>What a line has done so far.</summary>
public sealed class LineCounts
{
    public int Passed;
    public int Lost;
    public int AnswersLost;
    public int Twice;
    public int Late;
    public int Overtaken;
    public int Forged;
    public int StreamsBroken;
}
