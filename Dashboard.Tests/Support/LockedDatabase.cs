using Microsoft.Data.Sqlite;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Another program that holds a database, so that nobody can write.</summary>
public sealed class LockedDatabase : IDisposable
{
    private readonly SqliteConnection _stranger;

    public LockedDatabase(string file)
    {
        _stranger = new SqliteConnection($"Data Source={file};Pooling=False");
        _stranger.Open();
        using var command = _stranger.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
    }

    /// <summary>Rolls back.</summary>
    public void Dispose() => _stranger.Dispose();
}
