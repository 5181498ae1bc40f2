using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

/// <summary>A second context in the same file, as the moderators' accounts are one.</summary>
internal sealed class NotesContext(DbContextOptions<NotesContext> options, PresenceDatabase database) : DbContext(options), IGatedContext
{
    public const string HistoryTable = "__NotesHistory";

    public DbSet<Note> Notes => Set<Note>();

    public static NotesContext Of(PresenceDatabase database)
    {
        var builder = new DbContextOptionsBuilder<NotesContext>();
        database.Configure(builder, HistoryTable);
        return new NotesContext(builder.Options, database);
    }

    public WriteGate Gate => database.Gate;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new InvalidOperationException("Save with SaveChangesAsync: writers wait their turn without a thread.");

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        this.WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    internal sealed class Note
    {
        public int Id { get; set; }
        public string Text { get; set; } = "";
    }

    [DbContext(typeof(NotesContext))]
    [Migration("20260101000000_Notes")]
    internal sealed class NotesMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""CREATE TABLE "Notes" ("Id" INTEGER PRIMARY KEY, "Text" TEXT NOT NULL)""");
    }

    [DbContext(typeof(NotesContext))]
    internal sealed class Snapshot : ModelSnapshot
    {
        protected override void BuildModel(ModelBuilder modelBuilder) =>
            modelBuilder.Entity("Presence.Engine.Tests.Storage.NotesContext+Note", note =>
            {
                note.Property<int>("Id").ValueGeneratedOnAdd();
                note.Property<string>("Text").IsRequired();
                note.HasKey("Id");
                note.ToTable("Notes");
            });
    }
}
