throw new Error("There is no database.");
