namespace Presence.Dashboard.Jobs;

/// <summary>The scheduled jobs, as health and the System page name them.</summary>
internal static class JobNames
{
    public const string Backup = "backup";
    public const string Maintenance = "maintenance";

    public static readonly IReadOnlyList<string> All = [Backup, Maintenance];
}
