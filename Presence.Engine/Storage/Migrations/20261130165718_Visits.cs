using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Visits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Broadcasts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RoomNo = table.Column<long>(type: "INTEGER", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: true),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EmptySince = table.Column<long>(type: "INTEGER", nullable: true),
                    HadViewers = table.Column<bool>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    End = table.Column<byte>(type: "INTEGER", nullable: false),
                    SummarisedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Peak = table.Column<int>(type: "INTEGER", nullable: false),
                    PeakAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PresentMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    WatchedMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    HiddenMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    Users = table.Column<int>(type: "INTEGER", nullable: false),
                    Guests = table.Column<int>(type: "INTEGER", nullable: false),
                    Joins = table.Column<int>(type: "INTEGER", nullable: false),
                    MedianStayMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    Returning = table.Column<int>(type: "INTEGER", nullable: false),
                    Moments = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Broadcasts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "HistoryDevices",
                columns: table => new
                {
                    No = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    AppVersion = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HistoryDevices", x => x.No);
                });

            migrationBuilder.CreateTable(
                name: "HistoryEvents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Kind = table.Column<byte>(type: "INTEGER", nullable: false),
                    RoomId = table.Column<string>(type: "TEXT", nullable: true),
                    UserId = table.Column<string>(type: "TEXT", nullable: true),
                    By = table.Column<string>(type: "TEXT", nullable: true),
                    Detail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HistoryEvents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "HistoryPeople",
                columns: table => new
                {
                    No = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    UserId = table.Column<string>(type: "TEXT", nullable: true),
                    IsGuest = table.Column<bool>(type: "INTEGER", nullable: false),
                    FirstSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Visits = table.Column<long>(type: "INTEGER", nullable: false),
                    WatchedMilliseconds = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HistoryPeople", x => x.No);
                });

            migrationBuilder.CreateTable(
                name: "HistoryRooms",
                columns: table => new
                {
                    No = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RoomId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HistoryRooms", x => x.No);
                });

            migrationBuilder.CreateTable(
                name: "HistorySettings",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    MinuteDays = table.Column<int>(type: "INTEGER", nullable: false),
                    QuarterDays = table.Column<int>(type: "INTEGER", nullable: false),
                    AttendanceDays = table.Column<int>(type: "INTEGER", nullable: false),
                    BroadcastDays = table.Column<int>(type: "INTEGER", nullable: false),
                    EventDays = table.Column<int>(type: "INTEGER", nullable: false),
                    Zone = table.Column<string>(type: "TEXT", nullable: false),
                    EmptyGapMilliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedBy = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HistorySettings", x => x.Version);
                });

            // Clustered by its key, which EF Core has no word for.
            migrationBuilder.Sql(
                """
                CREATE TABLE "Minutes" (
                    "Step" INTEGER NOT NULL,
                    "RoomNo" INTEGER NOT NULL,
                    "At" INTEGER NOT NULL,
                    "Recorded" INTEGER NOT NULL,
                    "ViewersMilliseconds" INTEGER NOT NULL,
                    "HiddenMilliseconds" INTEGER NOT NULL,
                    "GuestsMilliseconds" INTEGER NOT NULL,
                    "Peak" INTEGER NOT NULL,
                    "Joins" INTEGER NOT NULL,
                    "Left" INTEGER NOT NULL,
                    "TimedOut" INTEGER NOT NULL,
                    "Disabled" INTEGER NOT NULL,
                    "Removed" INTEGER NOT NULL,
                    "Ended" INTEGER NOT NULL,
                    CONSTRAINT "PK_Minutes" PRIMARY KEY ("Step", "RoomNo", "At")
                ) WITHOUT ROWID
                """);

            // Clustered by its key, which EF Core has no word for.
            migrationBuilder.Sql(
                """
                CREATE TABLE "Visits" (
                    "RoomNo" INTEGER NOT NULL,
                    "JoinedAt" INTEGER NOT NULL,
                    "PersonNo" INTEGER NOT NULL,
                    "StayedMilliseconds" INTEGER NOT NULL,
                    "UnseenMilliseconds" INTEGER NOT NULL,
                    "HiddenMilliseconds" INTEGER NOT NULL,
                    "Reason" INTEGER NOT NULL,
                    "DeviceNo" INTEGER NOT NULL,
                    CONSTRAINT "PK_Visits" PRIMARY KEY ("RoomNo", "JoinedAt", "PersonNo")
                ) WITHOUT ROWID
                """);

            migrationBuilder.CreateIndex(
                name: "IX_Broadcasts_EndedAt",
                table: "Broadcasts",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Broadcasts_RoomNo_StartedAt",
                table: "Broadcasts",
                columns: new[] { "RoomNo", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Broadcasts_StartedAt",
                table: "Broadcasts",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_HistoryDevices_Name_AppVersion",
                table: "HistoryDevices",
                columns: new[] { "Name", "AppVersion" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_HistoryEvents_At",
                table: "HistoryEvents",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_HistoryPeople_LastSeenAt",
                table: "HistoryPeople",
                column: "LastSeenAt");

            migrationBuilder.CreateIndex(
                name: "IX_HistoryPeople_UserId",
                table: "HistoryPeople",
                column: "UserId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_HistoryRooms_RoomId",
                table: "HistoryRooms",
                column: "RoomId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Visits_PersonNo_JoinedAt",
                table: "Visits",
                columns: new[] { "PersonNo", "JoinedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Visits_RoomNo_JoinedAt",
                table: "Visits",
                columns: new[] { "RoomNo", "JoinedAt" },
                filter: "\"StayedMilliseconds\" > 21600000");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Broadcasts");

            migrationBuilder.DropTable(
                name: "HistoryDevices");

            migrationBuilder.DropTable(
                name: "HistoryEvents");

            migrationBuilder.DropTable(
                name: "HistoryPeople");

            migrationBuilder.DropTable(
                name: "HistoryRooms");

            migrationBuilder.DropTable(
                name: "HistorySettings");

            migrationBuilder.DropTable(
                name: "Minutes");

            migrationBuilder.DropTable(
                name: "Visits");
        }
    }
}
