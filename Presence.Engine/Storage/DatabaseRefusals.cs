namespace Presence.Engine.Storage;

/// <summary>Why a start is refused, in full: what, where, and the command that mends it. Nothing was changed in any of these cases.</summary>
internal sealed class DatabaseRefusals(string file, DatabaseBackups backups, DatabaseMarker marker)
{
    /// <summary>The file cannot be read as what it is.</summary>
    public StartRefusedException Damaged(string damage, Exception? cause = null) =>
        Refuse($"The database {file} is damaged ({damage}).", backups.Newest() is null ? $"To start over with an empty database, move it away: {Move(file)}" : null, cause);

    /// <summary>The log holds what was acknowledged and cannot be read in full.</summary>
    public StartRefusedException DamagedLog(string damage) =>
        Refuse($"The write-ahead log {file}-wal is damaged ({damage}): starting would lose what was stored last.", $"To go on without what is in it: {Move(file + "-wal")}{AcceptOlder}");

    /// <summary>The file is missing or holds nothing, beside signs of use.</summary>
    public StartRefusedException Emptied(string state, string evidence) =>
        Refuse($"The database {file} {state}, but {evidence}.", $"To start over with an empty database, move {Path.GetDirectoryName(marker.FilePath)} and {backups.Folder} away as well.");

    /// <summary>The file is whole, and not the newest there was.</summary>
    public StartRefusedException Older(string difference) =>
        Refuse($"The database {file} is older than the one last in use: {difference}. Its write-ahead log {file}-wal may have been deleted or damaged, or an old copy was put in its place.", $"To go on with the file as it is: {Remove(marker.FilePath)}");

    /// <summary>The file is another program's.</summary>
    public StartRefusedException Foreign() =>
        Refuse($"{file} is a SQLite database of another program.", $"To start with a database of its own, move that file away: {Move(file)}");

    private string AcceptOlder => marker.Exists ? (OperatingSystem.IsWindows() ? " & " : " && ") + Remove(marker.FilePath) : "";

    private StartRefusedException Refuse(string what, string? otherwise, Exception? cause = null)
    {
        var restore = backups.Newest() is { } backup
            ? $" The newest backup is {backup}. To restore it: {RestoreCommand(backup)}"
            : $" There is no backup of it yet in {backups.Folder}. To restore one from elsewhere: {RestoreCommand("FILE")}";
        return new StartRefusedException($"{what} Nothing was changed.{restore}{(otherwise is null ? "" : $" {otherwise}")}", cause!);
    }

    private static string RestoreCommand(string backup) => $"dotnet Dashboard.dll restore {Quoted(backup)}";

    private static string Move(string path) => OperatingSystem.IsWindows() ? $"move {Quoted(path)} {Quoted(path + ".damaged")}" : $"mv {Quoted(path)} {Quoted(path + ".damaged")}";

    private static string Remove(string path) => OperatingSystem.IsWindows() ? $"del {Quoted(path)}" : $"rm {Quoted(path)}";

    private static string Quoted(string path) => path == "FILE" ? path : OperatingSystem.IsWindows() ? $"\"{path}\"" : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
